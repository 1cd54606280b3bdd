import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listImages } from '../../../electron/inputs/image-files.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

test('pictures of every known kind are listed in name order, and nothing else', async () => {
  const folder = join(root, 'mixed')
  await mkdir(join(folder, 'inner.png'), { recursive: true })
  const pictures = ['10.JPG', '2.jpeg', 'a.png', 'b.webp', 'c.bmp', 'd.tif', 'e.tiff']
  for (const name of [...pictures, 'notes.txt', 'png']) await writeFile(join(folder, name), '')
  expect(await listImages(folder)).toEqual(pictures.map((name) => join(folder, name)))
})

test('a folder that is empty, missing or no folder is refused with a remedy', async () => {
  await mkdir(join(root, 'empty'))
  await writeFile(join(root, 'file.png'), '')
  for (const name of ['empty', 'missing', 'file.png']) {
    await expect(listImages(join(root, name))).rejects.toMatchObject({
      record: { code: 'no-images', stage: 'inputs', message: expect.stringContaining(join(root, name)) },
    })
  }
})
