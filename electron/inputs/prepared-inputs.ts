// The array of preprocessed images that every case of a run uses, the same bytes for all. A model's own test arrays are
// used as they ship, without Python; anything else is decoded once by a Python worker and cached by content. Throws
// BenchError `no-images`, `no-readable-images`, `python-unavailable`, `input-mismatch`.
import { basename, dirname, join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type ModelManifest, pictureSize } from '../../shared/domain/model.ts'
import { valuesInWords } from '../../shared/domain/model-input.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { ImageSet } from '../../shared/domain/run.ts'
import type { Feed, InputArray } from '../../shared/domain/worker-case.ts'
import { type ShapedInput, shapedInputs } from '../../shared/planning/input-shapes.ts'
import type { RequestParameters } from '../../shared/worker-protocol/requests.ts'
import type { BackendWorker, TaskProgress } from '../backends/backend-driver.ts'
import { preparedFeeds } from './feeds.ts'
import { fileSha256, valueSha256 } from './file-hash.ts'
import {
  expectUnchanged,
  listImages,
  photographOfShipped,
  type ReadImages,
  readImages,
  withoutChanged,
} from './image-files.ts'
import type { CachedInput, InputCache } from './input-cache.ts'
import { expectToFit } from './input-memory.ts'
import { readInt64, readNpyHeader } from './npy.ts'

export interface PreparedInputs {
  readonly input: InputArray
  /** Of every input, where the model's manifest lists them. */
  readonly feeds?: readonly Feed[]
  readonly images: ImageSet
  /** One class index per image, in the array's order; null without labels. */
  readonly labels: readonly number[] | null
  /** The photograph each image was made from, in the array's order; null if the images are not photographs. */
  readonly photographs: readonly string[] | null
}

/** Names of the shipped photographs. */
export const shippedSource = 'shipped photographs'

/** Increase it when preprocessing produces other values, so that older cached arrays are not used. */
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

interface ImageFiles {
  readonly manifest: ModelManifest
  readonly files: readonly string[]
  /** For the user. */
  readonly source: string
  readonly height: number
  readonly width: number
  /** Maximum number of readable images, in the order of `files`. */
  readonly limit: number
}

type InputPlan = Pick<Plan, 'imageFolder' | 'imageLimit' | 'inputSize' | 'shapes' | 'inputValues' | 'seed'>

export async function plannedInputs(
  dependencies: ImageInputsDependencies,
  plan: InputPlan,
  manifest: ModelManifest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedInputs> {
  const inputs = shapedInputs(plan, manifest, 1)
  const takesPictures = inputs.some(({ values }) => values.kind === 'images')
  const pictures = takesPictures ? await plannedPictures(dependencies, plan, manifest, onProgress, signal) : null
  if (manifest.inputs === undefined && pictures !== null) return pictures
  return withFeeds(dependencies, { inputs, seed: plan.seed, manifest, pictures }, signal)
}

async function plannedPictures(
  dependencies: ImageInputsDependencies,
  plan: InputPlan,
  manifest: ModelManifest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedFiles> {
  return preparedFiles(
    dependencies,
    {
      manifest,
      files: await listImages(plan.imageFolder ?? dependencies.samplesFolder),
      source: plan.imageFolder ?? shippedSource,
      ...pictureSides(plan, manifest),
      limit: plan.imageLimit,
    },
    onProgress,
    signal,
  )
}

/** Pixels of the picture that a plan feeds. */
export function pictureSides(
  plan: Pick<Plan, 'inputSize' | 'shapes' | 'inputValues'>,
  manifest: ModelManifest,
): { readonly height: number; readonly width: number } {
  const picture = shapedInputs(plan, manifest, 1).find(({ name }) => name === manifest.input.name)
  const side = (letter: string) => picture?.shape[picture.layout?.indexOf(letter) ?? -1] ?? 1
  return { height: side('H'), width: side('W') }
}

interface ListedInputs {
  readonly inputs: readonly ShapedInput[]
  readonly seed: number
  readonly manifest: ModelManifest
  readonly pictures: PreparedInputs | null
}

/** The rows of every input of a model whose manifest lists them. */
export async function withFeeds(
  { cache, taskWorker }: ImageInputsDependencies,
  { inputs, seed, manifest, pictures }: ListedInputs,
  signal: AbortSignal,
): Promise<PreparedInputs> {
  const { feeds, rows } = await preparedFeeds({
    inputs,
    seed,
    pictures: pictures?.input ?? null,
    cache,
    unpack: async (file, array, outFile) => {
      await (await taskWorker()).request('unpack-array', { file, array, outFile }, signal)
    },
  })
  const lead = feeds.find(({ name }) => name === manifest.input.name)
  if (lead === undefined) throw new Error(`the manifest of ${manifest.id} does not list its own input`)
  const { file, sha256, shape } = lead
  if (pictures !== null) return { ...pictures, input: { file, sha256, shape }, feeds }
  return {
    input: { file, sha256, shape },
    feeds,
    images: { source: rowsInWords(inputs), found: rows, used: rows, notUsed: 0, skipped: [] },
    labels: null,
    photographs: null,
  }
}

function rowsInWords(inputs: readonly ShapedInput[]): string {
  return inputs.map(({ name, values }) => `${name}: ${valuesInWords(values)}`).join('; ')
}

type PreparedFiles = PreparedInputs & { readonly contents: readonly string[] }

/** The files are in one folder, so their names are unique. What is cached is what the hashes say. */
export function preparedFiles(
  dependencies: ImageInputsDependencies,
  request: ImageFiles,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedFiles> {
  return withoutChanged(request.files, (files) => preparedOnce(dependencies, { ...request, files }, onProgress, signal))
}

async function preparedOnce(
  dependencies: ImageInputsDependencies,
  { manifest, files, source, height, width, limit }: ImageFiles,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedFiles> {
  const { cache } = dependencies
  const picture = manifest.inputs?.find(({ name }) => name === manifest.input.name)
  const channels = pictureSize(manifest)?.channels ?? 3
  const read = await readImages(files, signal)
  const { readable, contentOf, unreadable } = read
  const key = valueSha256({
    preprocessingVersion,
    contents: [...contentOf.values()],
    names: [...contentOf.keys()],
    limit,
    preprocessing: manifest.preprocessing,
    channels,
    height,
    width,
    // Absent for one float32 picture, NCHW, so that its key stays what it was.
    ...(picture && { layout: picture.layout, type: picture.type }),
  })
  const entry =
    (await cache.find(key)) ??
    (await cache.store(key, async (outFile) => {
      const shape = { channels, height, width }
      await expectToFit(shape, Math.min(limit, readable.length), dirname(outFile))
      const parameters = { model: manifest, height, width, files: [...readable], limit, outFile }
      return decode(dependencies, parameters, read, onProgress, signal)
    }))
  const undecoded = entry.skipped.map(({ file, reason }) => ({ file: basename(file), reason }))
  const skipped = [...unreadable, ...undecoded]
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
  read: ReadImages,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<Omit<CachedInput, 'sizeBytes'>> {
  const worker = await dependencies.taskWorker()
  const { shape, sha256, used, skipped } = await worker.request('prepare-inputs', parameters, signal, onProgress)
  if ((await fileSha256(parameters.outFile)) !== sha256) {
    throw wrongArrays(parameters.outFile, 'it is not what was written')
  }
  await expectUnchanged(read, [...used, ...skipped.map(({ file }) => file)], signal)
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
