// Manifests on disk: models/<id>/model.json. A manifest that does not fit its schema is a fault of the installation,
// said with the file's name.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type ModelManifest, modelManifestSchema } from '../../shared/domain/model.ts'

export interface FoundModel {
  readonly manifest: ModelManifest
  /** Absolute; files that the manifest names are relative to it. */
  readonly folder: string
}

/** In the order of their ids. Folders without a manifest (the sample images) are no models. */
export async function readModelFolder(modelsFolder: string): Promise<readonly FoundModel[]> {
  const entries = await readdir(modelsFolder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(modelsFolder, entry.name))
  const found = await Promise.all(folders.sort().map(readManifest))
  return found.filter((model) => model !== null)
}

async function readManifest(folder: string): Promise<FoundModel | null> {
  const file = join(folder, 'model.json')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return { manifest: modelManifestSchema.parse(JSON.parse(text)), folder }
  } catch (error) {
    throw new BenchError({
      code: 'record-unreadable',
      stage: 'plan',
      message: `The model description ${file} cannot be read.`,
      remedy: 'Install the app again, or restore the file.',
      cause: error instanceof Error ? error.message : null,
    })
  }
}
