import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import {
  inTemporaryFolder,
  inUnfinishedFolder,
  prepareTemporaryFiles,
} from '../../../electron/store/temporary-files.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

afterEach(() => {
  delete process.env.ENGINEBENCH_TEMPORARY
})

test('the next start removes what a killed process left, also what it noted elsewhere', async () => {
  const home = join(root, 'home')
  const videos = join(root, 'videos')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const uuid = '0a1b2c3d-0000-4000-8000-000000000000'
  const dead = join(home, 'temporary', `process.${pid}-${uuid}.unfinished`)
  const unfinished = join(videos, `.video.${pid}-${uuid}.unfinished`)
  for (const folder of [join(dead, 'enginebench-proof-abc'), unfinished]) await mkdir(folder, { recursive: true })
  await writeFile(join(videos, 'mine.txt'), 'mine')
  await writeFile(join(dead, 'elsewhere-1'), unfinished)
  await writeFile(join(dead, 'elsewhere-2'), join(videos, 'mine.txt'))
  await prepareTemporaryFiles(home)
  expect([await readdir(join(home, 'temporary')), await readdir(videos)]).toEqual([[], ['mine.txt']])
})

test('temporary folders lie in the one of this process, and go with their work, however it ends', async () => {
  await prepareTemporaryFiles(join(root, 'own'))
  const own = process.env.ENGINEBENCH_TEMPORARY ?? ''
  const beside = join(root, 'beside', '.video')
  const failing = inTemporaryFolder('proof', (folder) =>
    inUnfinishedFolder(beside, async (unfinished) => {
      await writeFile(join(folder, 'half'), '')
      await writeFile(join(unfinished, 'half'), '')
      throw new Error([dirname(folder) === own, dirname(unfinished) === dirname(beside)].join(' '))
    }),
  )
  await expect(failing).rejects.toThrow('true true')
  expect([await readdir(own), await readdir(dirname(beside))]).toEqual([[], []])
})
