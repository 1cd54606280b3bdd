// The image files of a folder, in name order (by code point, the same on every machine). Does not open them: whether
// each can be read is found out when it is decoded. Throws BenchError `no-images`.
import { readdir } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'

const imageExtensions = new Set(['.jpg', '.jpeg', '.png', '.webp', '.bmp', '.tif', '.tiff'])

export async function listImages(folder: string): Promise<readonly string[]> {
  const absolute = resolve(folder)
  const entries = await readdir(absolute, { withFileTypes: true }).catch(() => null)
  if (entries === null) throw noImages(`The image folder ${absolute} cannot be opened.`)
  const names = entries
    .filter(
      (entry) => (entry.isFile() || entry.isSymbolicLink()) && imageExtensions.has(extname(entry.name).toLowerCase()),
    )
    .map((entry) => entry.name)
    .sort(byCodePoint)
  if (names.length === 0) throw noImages(`The image folder ${absolute} holds no JPEG, PNG, WebP, BMP or TIFF file.`)
  return names.map((name) => join(absolute, name))
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function noImages(message: string): BenchError {
  return new BenchError({
    code: 'no-images',
    stage: 'inputs',
    message,
    remedy: 'Choose a folder with pictures in it, or leave it out to use the pictures that ship with the app.',
  })
}
