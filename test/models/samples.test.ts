import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { samplePhotographsSchema } from '../../shared/domain/sample-photographs.ts'

const folder = join(import.meta.dirname, '../../models/samples')
const photographs = samplePhotographsSchema.parse(JSON.parse(readFileSync(join(folder, 'samples.json'), 'utf8')))
const files = photographs.flatMap((photograph) => photograph.files)

/** Width and height from a JPEG's first frame header. */
function jpegSize(bytes: Buffer): { width: number; height: number } {
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at)
    if (marker >= 0xffc0 && marker <= 0xffc2) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    }
  }
  throw new Error('no frame header')
}

it('has at least 24 images from at least 10 photographs', () => {
  expect(files.length).toBeGreaterThanOrEqual(24)
  expect(photographs.length).toBeGreaterThanOrEqual(10)
  expect(new Set(photographs.map(({ id }) => id)).size).toBe(photographs.length)
})

it('lists every image that is there, once, with the hash of its bytes', () => {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => {
      const sha256 = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
      return { name, sha256 }
    })
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
  expect(files.toSorted(byName)).toEqual(found.toSorted(byName))
})

it('names the author of every photograph that must be credited', () => {
  const credited = photographs.filter(({ licence }) => licence === 'CC-BY-2.0').map(({ id, source }) => [id, source])
  expect(credited).toEqual([
    ['china', 'Flickr, danielbuechele/6061409035'],
    ['flower', 'Flickr, vultilion/6056698931'],
  ])
})

it('takes nothing from a package with a copyleft licence', () => {
  expect(new Set(photographs.map(({ distributor }) => distributor.split(' ')[0]))).toEqual(
    new Set(['scikit-image', 'scikit-learn']),
  )
})

it('stays small: at most 1024 pixels on the longer side and 8 MB in all', () => {
  const images = files.map(({ name }) => readFileSync(join(folder, name)))
  const longest = images.map(jpegSize).map(({ width, height }) => Math.max(width, height))
  expect(Math.max(...longest)).toBeLessThanOrEqual(1024)
  expect(images.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(8_000_000)
})
