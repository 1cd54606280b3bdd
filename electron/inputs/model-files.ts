// The hash of a model file with its external data: the files in its own folder, at any depth. A model without any has the
// hash of its one file.
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileSha256 } from './file-hash.ts'

export interface HashedFile {
  /** Relative to the model's folder, with `/`. */
  readonly location: string
  readonly sha256: string
}

/** @param external in the order of `externalFiles`. */
export function modelSha256(ownSha256: string, external: readonly HashedFile[]): string {
  if (external.length === 0) return ownSha256
  const hash = createHash('sha256').update(`${ownSha256}\n`)
  for (const { location, sha256 } of external) hash.update(`${location}\0${sha256}\n`)
  return hash.digest('hex')
}

/** Every other file of a folder that holds one model and its data. */
export async function externalFiles(modelFile: string): Promise<readonly string[]> {
  const folder = dirname(modelFile)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== modelFile)
    .map((file) => relative(folder, file).split(sep).join('/'))
    .sort()
}

/** Reads every byte. */
export async function modelFilesSha256(modelFile: string): Promise<string> {
  const external: HashedFile[] = []
  for (const location of await externalFiles(modelFile)) {
    external.push({ location, sha256: await fileSha256(join(dirname(modelFile), location)) })
  }
  return modelSha256(await fileSha256(modelFile), external)
}
