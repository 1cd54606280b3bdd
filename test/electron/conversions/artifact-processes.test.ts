// The store between processes, and on a disk that is too small: each with real processes.
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const program = join(root, 'make.mjs')
const key = 'c'.repeat(64)
const run = promisify(execFile)

beforeAll(async () => {
  await run('npx', [
    ...['rolldown', join(import.meta.dirname, '../../fakes/make-an-artifact.ts')],
    ...['-o', program, '--format', 'esm', '--platform', 'node', '--logLevel', 'silent'],
  ])
}, 60_000)

it('lets one of two processes make an artifact and gives it to the other', async () => {
  const store = join(root, 'shared')
  const make = async () => JSON.parse((await run('node', [program, store, key, '10'])).stdout)
  const answers = await Promise.all([make(), make()])
  expect(answers.map(({ made }) => made)).toEqual(['made', 'made'])
  expect(answers.map(({ builds }) => builds).sort()).toEqual([0, 1])
  expect(answers.at(-1)?.left).toContain(key)
}, 60_000)

it.runIf(process.platform === 'linux')(
  'leaves nothing of a build that fills the disk',
  async () => {
    const mountPoint = join(root, 'small-disk')
    await mkdir(mountPoint)
    const script = `mount -t tmpfs -o size=64k none '${mountPoint}' || exit 9; node '${program}' '${mountPoint}' ${key} 200000`
    const answer = await run('unshare', ['-rm', 'sh', '-c', script]).catch((error) => error)
    if (answer.code === 9 || answer.code === 'ENOENT' || /^unshare:/m.test(answer.stderr)) return
    expect(JSON.parse(answer.stdout)).toEqual({ made: 'disk-full', builds: 1, left: [] })
  },
  60_000,
)
