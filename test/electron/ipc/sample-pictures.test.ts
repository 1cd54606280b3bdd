import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readSamplePictures } from '../../../electron/ipc/sample-pictures.ts'

const samplesFolder = join(import.meta.dirname, '../../../models/samples')

it('credits every shipped picture with the photograph it was made from', async () => {
  const pictures = await readSamplePictures(samplesFolder)
  expect(pictures.length).toBeGreaterThanOrEqual(24)
  expect(pictures.find(({ file }) => file === 'flower-petals.jpg')).toEqual({
    file: 'flower-petals.jpg',
    title: 'A dahlia',
    author: 'vultilion (danielbuechele in the note of its distributor)',
    licence: 'CC-BY-2.0',
  })
})
