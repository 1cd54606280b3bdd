// The array of preprocessed images that every case of a run sees, the same bytes for all. A model's own test arrays
// are used as they ship, with no Python; anything else is decoded once by a Python worker and cached by content.
// Throws BenchError `no-images`, `no-readable-images`, `python-unavailable`, `input-mismatch`.

import { basename, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { ImageSet } from '../../shared/domain/run.ts'
import type { InputArray } from '../../shared/domain/worker-case.ts'
import type { RequestParameters } from '../../shared/worker-protocol/requests.ts'
import type { BackendWorker, TaskProgress } from '../backends/backend-driver.ts'
import { fileSha256, valueSha256 } from './file-hash.ts'
import { listImages, photographOfShipped } from './image-files.ts'
import type { CachedInput, InputCache } from './input-cache.ts'
import { readInt64, readNpyHeader } from './npy.ts'

export interface PreparedInputs {
  readonly input: InputArray
  readonly images: ImageSet
  /** One class index an image, in the array's order; null where nobody labelled them. */
  readonly labels: readonly number[] | null
  /** Which photograph each image was made from, in the array's order; null where the images are no photographs. */
  readonly photographs: readonly string[] | null
}

/** What the shipped photographs are called. */
export const shippedSource = 'shipped photographs'

/** Raised when preprocessing changes what it produces, so that older cached arrays are not used. */
const preprocessingVersion = 1

export interface ImageInputsDependencies {
  readonly cache: InputCache
  readonly samplesFolder: string
  readonly taskWorker: () => Promise<BackendWorker>
}

export async function shippedArrays(manifest: ModelManifest, folder: string): Promise<PreparedInputs | null> {
  if (manifest.evaluation === null) return null
  const file = join(folder, manifest.evaluation.inputsFile)
  const [count, ...rest] = (await readNpyHeader(file)).shape
  const [channels, height, width] = rest
  if (count === undefined || channels === undefined || height === undefined || width === undefined || rest.length > 3) {
    throw wrongArrays(file, 'its images are not laid out as count, channels, height, width')
  }
  const labels = (await readInt64(join(folder, manifest.evaluation.labelsFile))).data
  if (labels.length !== count) throw wrongArrays(file, `it holds ${count} images and ${labels.length} labels`)
  return {
    input: { file, sha256: await fileSha256(file), shape: [count, channels, height, width] },
    images: { source: `${manifest.name}: its own test set`, found: count, used: count, notUsed: 0, skipped: [] },
    labels,
    photographs: null,
  }
}

export interface ImageFiles {
  readonly manifest: ModelManifest
  readonly files: readonly string[]
  /** For the user. */
  readonly source: string
  readonly height: number
  readonly width: number
  /** At most this many readable images, in the order of `files`. */
  readonly limit: number
}

export async function preparedImages(
  dependencies: ImageInputsDependencies,
  plan: Plan,
  manifest: ModelManifest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedInputs> {
  return preparedFiles(
    dependencies,
    {
      manifest,
      files: await listImages(plan.imageFolder ?? dependencies.samplesFolder),
      source: plan.imageFolder ?? shippedSource,
      height: plan.inputSize ?? manifest.input.height,
      width: plan.inputSize ?? manifest.input.width,
      limit: plan.imageLimit,
    },
    onProgress,
    signal,
  )
}

/** Files of one folder: their names tell them apart. */
export async function preparedFiles(
  dependencies: ImageInputsDependencies,
  { manifest, files, source, height, width, limit }: ImageFiles,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedInputs & { readonly contents: readonly string[] }> {
  const { cache } = dependencies
  const contentOf = new Map<string, string>()
  for (const file of files) contentOf.set(basename(file), await fileSha256(file, signal))
  const key = valueSha256({
    preprocessingVersion,
    contents: [...contentOf.values()],
    names: [...contentOf.keys()],
    limit,
    preprocessing: manifest.preprocessing,
    channels: manifest.input.channels,
    height,
    width,
  })
  const entry =
    (await cache.find(key)) ??
    (await cache.store(key, (outFile) =>
      decode(dependencies, { model: manifest, height, width, files: [...files], limit, outFile }, onProgress, signal),
    ))
  const skipped = entry.skipped.map(({ file, reason }) => ({ file: basename(file), reason }))
  const shipped = await photographOfShipped(dependencies.samplesFolder)
  const contents = entry.used.map((name) => contentOf.get(name) ?? name)
  return {
    input: { file: cache.arrayFile(key), sha256: entry.sha256, shape: entry.shape },
    images: {
      source,
      found: files.length,
      used: entry.used.length,
      notUsed: files.length - entry.used.length - skipped.length,
      skipped,
    },
    labels: null,
    photographs: contents.map((content) => shipped.get(content) ?? content),
    contents,
  }
}

async function decode(
  dependencies: ImageInputsDependencies,
  parameters: RequestParameters<'prepare-inputs'>,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<Omit<CachedInput, 'sizeBytes'>> {
  const worker = await dependencies.taskWorker()
  const { shape, sha256, used, skipped } = await worker.request('prepare-inputs', parameters, signal, onProgress)
  if ((await fileSha256(parameters.outFile)) !== sha256) {
    throw wrongArrays(parameters.outFile, 'it is not what was written')
  }
  return { shape, sha256, used: used.map((file) => basename(file)), skipped }
}

function wrongArrays(file: string, why: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'inputs',
    message: `${file} cannot be used: ${why}.`,
    remedy: 'Restore the files that ship with the model, or empty the cache folder and run again.',
  })
}
