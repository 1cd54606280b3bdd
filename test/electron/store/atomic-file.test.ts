import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fullDisk, makeFolder, writeAtomically, writing } from '../../../electron/store/atomic-file.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const folder = temporaryFolder()

/** A disk of 64 KiB, seen by the shell's command alone. Null where this user may not mount one. */
async function onSmallDisk(mountPoint: string, command: string): Promise<string | null> {
  const script = `mount -t tmpfs -o size=64k none '${mountPoint}' || exit 9; ${command}`
  const answer = await promisify(execFile)('unshare', ['-rm', 'sh', '-c', script]).catch((error) => error)
  const cannotMount = answer.code === 9 || answer.code === 'ENOENT' || /^unshare:/m.test(answer.stderr)
  return cannotMount ? null : `${answer.stdout}${answer.stderr}`
}

test('the new content replaces the old, and nothing else is left in the folder', async () => {
  const file = join(folder, 'record', 'run.json')
  await mkdir(join(folder, 'record'))
  await writeFile(file, 'old')
  await writeAtomically(file, 'new')
  expect([await readFile(file, 'utf8'), await readdir(join(folder, 'record'))]).toEqual(['new', ['run.json']])
})

test('many writers at once leave one whole content', async () => {
  const file = join(folder, 'shared.json')
  const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(50_000))
  await Promise.all(contents.map((content) => writeAtomically(file, content)))
  expect(contents).toContain(await readFile(file, 'utf8'))
})

test('a folder that is not there is made', async () => {
  const file = join(folder, 'not', 'yet', 'run.json')
  await writeAtomically(file, 'x')
  expect(await readFile(file, 'utf8')).toBe('x')
})

test('fault-13: a disk that takes only a part keeps the old file whole and leaves no other', async () => {
  const mountPoint = join(folder, 'small-disk')
  await mkdir(mountPoint)
  const program = join(folder, 'write.mjs')
  await promisify(execFile)('npx', [
    ...['rolldown', join(import.meta.dirname, '../../fakes/write-too-much.ts')],
    ...['-o', program, '--format', 'esm', '--platform', 'node', '--logLevel', 'silent'],
  ])
  const answer = await onSmallDisk(mountPoint, `node '${program}' '${mountPoint}'`)
  if (answer === null) return
  expect(JSON.parse(answer)).toEqual({ code: 'disk-full', content: 'old', files: ['run.json'] })
})

test('makes what is missing above it, and is content with what is there', async () => {
  await makeFolder(join(folder, 'a', 'b'))
  await makeFolder(join(folder, 'a', 'b'))
  expect(await readdir(join(folder, 'a'))).toEqual(['b'])
})

test('refuses a name that a file has', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(makeFolder(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test.runIf(process.platform === 'linux')('answers where no folder can be made', async () => {
  await expect(makeFolder('/proc/enginebench/run')).rejects.toMatchObject({ code: 'ENOENT' })
})

function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code })
}

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EFBIG', 'disk-full'],
  ['EACCES', 'not-writable'],
  ['EROFS', 'not-writable'],
  ['ENOENT', 'not-writable'],
  ['ENOTDIR', 'not-writable'],
])('%s becomes %s, with the file named and a remedy', async (code, expected) => {
  await expect(writing('/runs/a', () => Promise.reject(refusal(code)))).rejects.toMatchObject({
    record: { code: expected, stage: 'store', message: expect.stringContaining('/runs/a'), remedy: expect.any(String) },
  })
})

test('what is not a refusal to write passes through as it is', async () => {
  const bug = new TypeError('not a function')
  await expect(writing('/runs/a', () => Promise.reject(bug))).rejects.toBe(bug)
})

test('fault-13: a full disk is named by its code or by the words of a library, and nothing else is', () => {
  const ofNode = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', path: '/x.npy' })
  const ofLibrary = new BenchError({
    code: 'bad-model-file',
    stage: 'load',
    message: 'ONNX Runtime cannot load this model.',
    remedy: 'Export it again.',
    cause: 'write failed: No space left on device',
  })
  const found = [ofNode, ofLibrary, new Error('bad_alloc')].map((error) => fullDisk(error, 'parity'))
  expect(found.map((error) => error && [error.record.code, error.record.stage, error.record.message])).toEqual([
    ['disk-full', 'parity', 'The disk is full: cannot write /x.npy.'],
    ['disk-full', 'parity', 'The disk is full.'],
    null,
  ])
})
