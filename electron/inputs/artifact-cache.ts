// Exported ONNX files on disk, named by what they were made from: <key>/model.onnx and, written last, <key>/artifact.json
// as the mark that the file is whole. A file whose hash is not the recorded one counts as absent and is built again.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Artifact, artifactSchema } from '../../shared/domain/artifact.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { writing } from '../store/write-failure.ts'
import { fileSha256 } from './file-hash.ts'
import { removeStaleLeftovers } from './stale-leftovers.ts'

export class ArtifactCache {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async find(key: string): Promise<Artifact | null> {
    const artifact = await this.#read(key)
    if (artifact === null) return null
    return (await fileSha256(artifact.file).catch(() => null)) === artifact.sha256 ? artifact : null
  }

  /** `build` writes into the file it is given, inside a folder that vanishes when it fails. */
  async store(key: string, build: (file: string) => Promise<Omit<Artifact, 'file'>>): Promise<Artifact> {
    const unfinished = join(this.#folder, `${key}.${process.pid}.unfinished`)
    const finished = join(this.#folder, key)
    try {
      await writing(unfinished, () => mkdir(unfinished, { recursive: true }))
      const built = await build(join(unfinished, 'model.onnx'))
      await rm(finished, { recursive: true, force: true })
      await rename(unfinished, finished)
      const artifact = { ...built, file: join(finished, 'model.onnx') }
      await writeAtomically(join(finished, 'artifact.json'), jsonText(artifact))
      await removeStaleLeftovers(this.#folder, (name) => name.endsWith('.unfinished'))
      return artifact
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  }

  async list(): Promise<readonly Artifact[]> {
    const keys = await readdir(this.#folder).catch(() => [])
    const artifacts = await Promise.all(keys.map((key) => this.#read(key)))
    return artifacts.filter((artifact) => artifact !== null)
  }

  /** The recorded path is not believed: the cache may have been moved. */
  async #read(key: string): Promise<Artifact | null> {
    const text = await readFile(join(this.#folder, key, 'artifact.json'), 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return { ...artifactSchema.parse(JSON.parse(text)), file: join(this.#folder, key, 'model.onnx') }
    } catch {
      return null
    }
  }
}
