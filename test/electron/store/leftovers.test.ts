import { spawnSync } from 'node:child_process'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createConversionFolders } from '../../../electron/conversions/conversion-folder.ts'
import { removeLeftovers, unfinishedName } from '../../../electron/store/leftovers.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
/** Of a process that has ended. */
const gone = spawnSync(process.execPath, ['-e', '']).pid
const uuid = '0a1b2c3d-0000-4000-8000-000000000000'

test('what a process that is gone left unfinished is removed, and what a living one makes is kept', async () => {
  const folder = join(root, 'mixed')
  await mkdir(join(folder, `a.${gone}-${uuid}.unfinished`), { recursive: true })
  const left = [
    ...[`turn.lock.${gone}-${uuid}.unfinished`, `.key.npy.${gone}.part`, `key.${gone}.unfinished.npy`],
    // The id of this process, but its start is that of another.
    ...(process.platform === 'linux' ? [`reused.${process.pid}-1-${uuid}.unfinished`] : []),
  ]
  const kept = ['key.npy', 'notes.part.txt', `.key.npy.${process.pid}.part`, `old.${uuid}.unfinished`]
  const own = unfinishedName('mine')
  for (const name of [...left, ...kept, own]) await writeFile(join(folder, name), 'half')
  await removeLeftovers(folder)
  expect((await readdir(folder)).sort()).toEqual([...kept, own].sort())
})

test('what names no process is removed once it has not changed for a day', async () => {
  const folder = join(root, 'older')
  await mkdir(join(folder, '.incoming-abc'), { recursive: true })
  await writeFile(join(folder, `turn.lock.${uuid}.unfinished`), '{}')
  await writeFile(join(folder, 'half.npy'), '')
  await removeLeftovers(folder, (name) => name === 'half.npy')
  expect((await readdir(folder)).length).toBe(3)
  for (const name of await readdir(folder)) await utimes(join(folder, name), 1000, 1000)
  await removeLeftovers(folder, (name) => name === 'half.npy')
  expect(await readdir(folder)).toEqual([])
})

test('the claim of a process that is gone is taken from its conversion, and no other', async () => {
  const folder = join(root, 'conversions')
  const folders = createConversionFolders(folder)
  const [dead, living] = ['20260102-030405-digits-k3f9', '20260102-030406-digits-k3f9']
  await folders.claim(living)
  await mkdir(join(folder, dead), { recursive: true })
  const mark = { pid: gone, bootId: 'of an earlier start', startTicks: null }
  await writeFile(join(folder, dead, 'owner.json'), JSON.stringify(mark))
  await folders.releaseDead()
  expect([await readdir(join(folder, dead)), await folders.isClaimed(living)]).toEqual([[], true])
})
