import { execFile } from 'node:child_process'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import {
  largestBytes,
  openForAppending,
  readRegularFile,
  readSmallText,
  readTextFile,
} from '../../../electron/store/regular-file.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const folder = temporaryFolder()

async function pipe(name: string): Promise<string> {
  await promisify(execFile)('mkfifo', [join(folder, name)])
  return join(folder, name)
}

test('a file is read whole, also through a link', async () => {
  await writeFile(join(folder, 'whole'), 'größer')
  await symlink(join(folder, 'whole'), join(folder, 'link'))
  expect([await readTextFile(join(folder, 'whole'), 10), await readSmallText(join(folder, 'link'))]).toEqual([
    'größer',
    'größer',
  ])
  await writeFile(join(folder, 'empty'), '')
  expect(await readTextFile(join(folder, 'empty'), 10)).toBe('')
})

test.runIf(process.platform === 'linux')('what is no file is refused by its name, and never waited for', async () => {
  await mkdir(join(folder, 'folder'))
  await symlink(await pipe('pipe'), join(folder, 'link-to-pipe'))
  await symlink('/dev/zero', join(folder, 'link-to-zero'))
  const reasonOf = (name: string) => readTextFile(join(folder, name), 10).catch((error: Error) => error.message)
  expect(await Promise.all(['folder', 'pipe', 'link-to-pipe', 'link-to-zero'].map(reasonOf))).toEqual([
    'is a folder, not a file',
    'is a pipe, not a file',
    'is a pipe, not a file',
    'is a device, not a file',
  ])
})

test.runIf(process.platform === 'linux')('nothing is appended to a pipe', async () => {
  await expect(openForAppending(await pipe('lines'))).rejects.toThrow()
  const handle = await openForAppending(join(folder, 'new-lines'))
  await handle.appendFile('one\n')
  await handle.close()
  expect(await readSmallText(join(folder, 'new-lines'))).toBe('one\n')
})

test('a file that is too large is refused before its bytes are read', async () => {
  await writeFile(join(folder, 'sparse'), '')
  await truncate(join(folder, 'sparse'), 600 * 1024 * 1024)
  await expect(readRegularFile(join(folder, 'sparse'), largestBytes.record)).rejects.toThrow(
    'has 629 MB, and at most 268 MB are read',
  )
})

test('a file that is not there is told by the system, or counts as absent', async () => {
  await expect(readTextFile(join(folder, 'missing'), 10)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await readSmallText(join(folder, 'missing'))).toBe(null)
})
