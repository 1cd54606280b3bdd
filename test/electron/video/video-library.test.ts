import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scanLibrary } from '../../../electron/video/video-library.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const folder = temporaryFolder()

it('finds videos of every kind in order, below too, and counts the rest', async () => {
  await mkdir(join(folder, 'more', '.hidden'), { recursive: true })
  const names = [
    'b.MP4',
    'a.mkv',
    'B.mov',
    'ü.webm',
    'more/z.ts',
    'more/.hidden/x.mp4',
    '.y.mp4',
    'notes.txt',
    'sound.mp3',
  ]
  for (const name of names) await writeFile(join(folder, name), '')
  expect(await scanLibrary(folder)).toEqual({
    source: folder,
    videos: ['B.mov', 'a.mkv', 'b.MP4', 'more/z.ts', 'ü.webm'].map((name) => ({ file: join(folder, name), name })),
    passedOver: 2,
  })
})

it('takes one file whatever its name', async () => {
  await writeFile(join(folder, 'camera'), '')
  expect(await scanLibrary(join(folder, 'camera'))).toEqual({
    source: folder,
    videos: [{ file: join(folder, 'camera'), name: 'camera' }],
    passedOver: 0,
  })
})

it('refuses a folder without videos, and what is not there', async () => {
  await mkdir(join(folder, 'empty'))
  for (const source of [join(folder, 'empty'), join(folder, 'gone')]) {
    await expect(scanLibrary(source)).rejects.toMatchObject({ record: { code: 'no-videos', stage: 'plan' } })
  }
})
