// The models of the app: those that ship as manifests, and any ONNX file of the user's, which is inspected in a worker
// process and then used from a private copy only. Nothing here parses a model.
import { stat } from 'node:fs/promises'
import { extname, isAbsolute, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { fileSha256 } from '../inputs/file-hash.ts'
import type { ModelCatalog } from '../services.ts'
import { type FoundModel, readModelFolder } from './model-folder.ts'
import type { ModelFacts } from './model-inspection.ts'
import { ownModelManifest } from './own-model-manifest.ts'
import { makePrivateCopy } from './private-copy.ts'

export interface ModelCatalogParts {
  readonly modelsFolder: string
  /** Private copies of the user's models go below it. */
  readonly cacheFolder: string
  /** In a process of its own: a crafted file may take it down. */
  readonly inspectModel: (file: string, copyFolder: string) => Promise<ModelFacts>
}

export function createModelCatalog({ modelsFolder, cacheFolder, inspectModel }: ModelCatalogParts): ModelCatalog {
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
    async find(idOrPath) {
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

function unknownModel(asked: string, known: readonly string[]): BenchError {
  return new BenchError({
    code: 'unknown-model',
    stage: 'plan',
    message: `There is no model «${asked}».`,
    remedy: `Use one of ${known.join(', ')}, or the path of an .onnx file.`,
  })
}

function unknownFile(file: string): BenchError {
  return new BenchError({
    code: 'unknown-model',
    stage: 'plan',
    message: extname(file) === '.onnx' ? `There is no file ${file}.` : `${file} is no model: there is no such file.`,
    remedy: 'Check the path of the .onnx file.',
  })
}
