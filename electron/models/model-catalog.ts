// The models of the app: those that ship as manifests, and the user's ONNX files, which a worker process inspects and
// which are then used only from a private copy. Nothing here parses a model.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { extname, isAbsolute, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { modelManifestSchema } from '../../shared/domain/model.ts'
import { type ModelReference, readModelReference, sourceForms } from '../../shared/domain/model-source.ts'
import { fileSha256 } from '../inputs/file-hash.ts'
import type { FoundModel, ModelCatalog } from '../services.ts'
import { ignoreExisting, writing } from '../store/atomic-file.ts'
import { removeLeftovers, unfinishedName } from '../store/leftovers.ts'
import { readSmallText } from '../store/regular-file.ts'
import type { ModelFacts } from './model-inspection.ts'
import type { ModelSources } from './model-sources.ts'
import { ownModelManifest } from './own-model-manifest.ts'

export interface ModelCatalogDependencies {
  readonly modelsFolder: string
  /** Private copies of the user's models are stored below it. */
  readonly cacheFolder: string
  /** In its own process: a crafted file may crash it. */
  readonly inspectModel: (file: string, copyFolder: string) => Promise<ModelFacts>
  readonly sources: ModelSources
}

export function createModelCatalog({
  modelsFolder,
  cacheFolder,
  inspectModel,
  sources,
}: ModelCatalogDependencies): ModelCatalog {
  const ownModels = new Map<string, Promise<FoundModel>>()

  async function findOwn(file: string): Promise<FoundModel> {
    const found = await stat(file).catch(() => null)
    if (!found) throw unknownFile(file)
    const key = [file, found.ino, found.size, found.mtimeMs].join('\0')
    const inspection = ownModels.get(key) ?? inspectOwn(file)
    ownModels.set(key, inspection)
    inspection.catch(() => ownModels.delete(key))
    return inspection
  }

  async function inspectOwn(file: string): Promise<FoundModel> {
    const { facts, folder } = await makePrivateCopy(join(cacheFolder, 'models'), (copyFolder) =>
      inspectModel(file, copyFolder),
    )
    return { manifest: ownModelManifest(file, facts, await fileSha256(join(folder, 'model.onnx'))), folder }
  }

  return {
    list: async () => (await readModelFolder(modelsFolder)).map(({ manifest }) => manifest),
    async trust(reference) {
      await sources.trust(readReference(reference))
    },
    async find(idOrPath, onProgress) {
      const reference = readReference(idOrPath)
      if (reference.source !== null) return sources.find(reference, onProgress)
      if (isAbsolute(idOrPath)) return findOwn(idOrPath)
      const models = await readModelFolder(modelsFolder)
      const model = models.find(({ manifest }) => manifest.id === idOrPath)
      if (model) return model
      throw unknownModel(
        idOrPath,
        models.map(({ manifest }) => manifest.id),
      )
    },
  }
}

/** Throws all faults of the text as one error. */
function readReference(text: string): ModelReference {
  const read = readModelReference(text)
  if ('reference' in read) return read.reference
  const [first] = read.faults
  throw new BenchError({
    code: first?.code ?? 'unknown-model',
    stage: 'plan',
    message: read.faults.map(({ message }) => message).join(' '),
    remedy: read.faults.map(({ remedy }) => remedy).join(' '),
  })
}

function unknownModel(asked: string, known: readonly string[]): BenchError {
  return new BenchError({
    code: 'unknown-model',
    stage: 'plan',
    message: `Model "${asked}" was not found.`,
    remedy: `Use one of ${known.join(', ')}, the path of an .onnx file, or ${sourceForms}.`,
  })
}

function unknownFile(file: string): BenchError {
  return new BenchError({
    code: 'unknown-model',
    stage: 'plan',
    message: extname(file) === '.onnx' ? `File ${file} was not found.` : `Model file ${file} was not found.`,
    remedy: 'Check the path of the .onnx file.',
  })
}

// Manifests on disk: models/<id>/model.json. A manifest that does not match its schema means a damaged installation;
// the error names the file.
/** In the order of their ids. Folders without a manifest (the sample images) are not models. */
async function readModelFolder(modelsFolder: string): Promise<readonly FoundModel[]> {
  const entries = await readdir(modelsFolder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(modelsFolder, entry.name))
  const found = await Promise.all(folders.sort().map(readManifest))
  return found.filter((model) => model !== null)
}

async function readManifest(folder: string): Promise<FoundModel | null> {
  const file = join(folder, 'model.json')
  const text = await readSmallText(file)
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

// The private folder of a user's model, named by its hash: made next to its final place and renamed when complete, so
// it exists whole or not at all. If the same model is there already, that folder is kept.

/** @param inspect writes the copy into the given folder. @returns the permanent folder. */
async function makePrivateCopy(
  copiesFolder: string,
  inspect: (copyFolder: string) => Promise<ModelFacts>,
): Promise<{ readonly facts: ModelFacts; readonly folder: string }> {
  const incoming = join(copiesFolder, unfinishedName('incoming'))
  await writing(incoming, () => mkdir(incoming, { recursive: true, mode: 0o700 }))
  await removeLeftovers(copiesFolder)
  try {
    const facts = await inspect(incoming)
    const folder = join(copiesFolder, facts.sha256)
    const there = await stat(folder).catch(() => null)
    if (!there) await rename(incoming, folder).catch(ignoreExisting)
    return { facts, folder }
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}
