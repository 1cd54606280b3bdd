// Images chosen for one purpose and prepared: the array that workers map, what it was made from, and the hash of the
// set by content. Evaluation and calibration sets never share an image.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Calibration } from '../../shared/domain/recipe.ts'
import type { InputArray } from '../../shared/domain/worker-case.ts'
import { shapedInputs } from '../../shared/planning/input-shapes.ts'
import type { TaskProgress } from '../backends/backend-driver.ts'
import { fileSha256, valueSha256 } from '../inputs/file-hash.ts'
import { imageContent, listImages, splitOfShipped } from '../inputs/image-files.ts'
import type { InputCache } from '../inputs/input-cache.ts'
import { float32Npy, readFloat32, readNpyHeader } from '../inputs/npy.ts'
import {
  type ImageInputsDependencies,
  type PreparedInputs,
  pictureSides,
  preparedFiles,
  shippedArrays,
  shippedSource,
  withFeeds,
} from '../inputs/prepared-inputs.ts'
import { writing } from '../store/atomic-file.ts'

export interface PreparedImageSet extends PreparedInputs {
  /** For the user: `shipped photographs`, a folder, `Digits: its own calibration set`. */
  readonly source: string
  /** Of the images' own bytes, in order; the same set has the same hash whatever the size it is prepared for. */
  readonly sha256: string
}

// The images that every artifact of a model is judged on: the test set that ships with the model, else half of the
// shipped photographs. Never an image that something was calibrated on. Throws as preparing inputs does.
export interface ImageSetRequest {
  readonly manifest: ModelManifest
  readonly modelFolder: string
  /** Pixels, where the recipe's sizes are not the manifest's; null keeps those. */
  readonly size: number | null
  readonly onProgress: TaskProgress
  readonly signal: AbortSignal
}

export async function evaluationImages(
  dependencies: ImageInputsDependencies,
  { manifest, modelFolder, size, onProgress, signal }: ImageSetRequest,
): Promise<PreparedImageSet> {
  const shipped = await shippedArrays(manifest, modelFolder)
  if (shipped !== null) return { ...shipped, source: shipped.images.source, sha256: shipped.input.sha256 }
  const { evaluation } = await splitOfShipped(dependencies.samplesFolder)
  const request = { manifest, files: evaluation, source: shippedSource, limit: evaluation.length }
  return preparedSet(dependencies, { ...request, size, seed: evaluationSeed }, onProgress, signal)
}

/** Of values that are not pictures. */
const evaluationSeed = 1
const calibrationSeed = 2

interface SetRequest extends Pick<ImageSetRequest, 'manifest' | 'size'> {
  readonly files: readonly string[]
  readonly source: string
  readonly limit: number
  readonly seed: number
}

/** Pictures where the model takes some, and values for every other input. */
async function preparedSet(
  dependencies: ImageInputsDependencies,
  { manifest, size, files, source, limit, seed }: SetRequest,
  onProgress: TaskProgress,
  signal: AbortSignal,
): Promise<PreparedImageSet> {
  const plan = { inputSize: size }
  const inputs = shapedInputs(plan, manifest, 1)
  const takesPictures = inputs.some(({ values }) => values.kind === 'images')
  const pictures = takesPictures
    ? await preparedFiles(
        dependencies,
        { manifest, files, source, limit, ...pictureSides(plan, manifest) },
        onProgress,
        signal,
      )
    : null
  const { contents = [], ...images } = pictures ?? {}
  if (manifest.inputs === undefined && 'input' in images) return { ...images, source, sha256: valueSha256(contents) }
  const listed = { inputs, seed, manifest, pictures: 'input' in images ? images : null }
  const prepared = await withFeeds(dependencies, listed, signal)
  const hashes = (prepared.feeds ?? []).map(({ name, sha256 }) => [name, sha256])
  return { ...prepared, source: prepared.images.source, sha256: valueSha256([contents, hashes]) }
}

// The images that INT8 is calibrated on: the user's folder without any image that judges, the model's own calibration
// arrays, or the other half of the shipped photographs. Throws BenchError `no-calibration-images`, and as preparing
// inputs does.
export interface CalibrationRequest extends ImageSetRequest {
  readonly calibration: Pick<Calibration, 'imageFolder' | 'imageLimit'>
}

export async function calibrationImages(
  dependencies: ImageInputsDependencies,
  request: CalibrationRequest,
): Promise<PreparedImageSet> {
  const { manifest, calibration, size, onProgress, signal } = request
  const { imageFolder, imageLimit } = calibration
  const shipped = imageFolder === null ? await shippedCalibration(dependencies, request) : null
  if (shipped !== null) return shipped
  try {
    const files = await filesOf(dependencies, imageFolder, signal)
    const set = { manifest, size, files, source: imageFolder ?? shippedSource, limit: imageLimit }
    return await preparedSet(dependencies, { ...set, seed: calibrationSeed }, onProgress, signal)
  } catch (error) {
    if (!(error instanceof BenchError) || !missingImages.has(error.record.code)) throw error
    throw noCalibrationImages(error.record.message)
  }
}

const missingImages: ReadonlySet<string> = new Set(['no-images', 'no-readable-images'])

async function filesOf(
  { samplesFolder }: ImageInputsDependencies,
  imageFolder: string | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const split = await splitOfShipped(samplesFolder)
  if (imageFolder === null) return split.calibration
  const judging = new Set<string>()
  for (const file of split.evaluation) judging.add(await fileSha256(file, signal))
  const kept: string[] = []
  for (const file of await listImages(imageFolder)) {
    const content = await imageContent(file, signal)
    if ('reason' in content || !judging.has(content.sha256)) kept.push(file)
  }
  if (kept.length > 0) return kept
  throw noCalibrationImages(`Every image of ${imageFolder} is one that conversions are judged on.`)
}

/** Null where the model ships none. */
async function shippedCalibration(
  { cache }: ImageInputsDependencies,
  { manifest, modelFolder, calibration }: CalibrationRequest,
): Promise<PreparedImageSet | null> {
  if (manifest.calibration === undefined || manifest.calibration === null) return null
  const file = join(modelFolder, manifest.calibration.inputsFile)
  const [count = 0, channels = 0, height = 0, width = 0] = (await readNpyHeader(file)).shape
  const used = Math.min(count, calibration.imageLimit)
  const shape = [used, channels, height, width]
  const input = used === count ? { file, sha256: await fileSha256(file), shape } : await firstImages(cache, file, shape)
  const source = `${manifest.name}: its own calibration set`
  return {
    input,
    images: { source, found: count, used, notUsed: count - used, skipped: [] },
    labels: null,
    photographs: null,
    source,
    sha256: input.sha256,
  }
}

/** The first images of an array as an array of their own. */
async function firstImages(cache: InputCache, file: string, shape: readonly number[]): Promise<InputArray> {
  const key = valueSha256({ firstImagesOf: await fileSha256(file), shape })
  const entry =
    (await cache.find(key)) ??
    (await cache.store(key, async (outFile) => {
      const { data } = await readFloat32(file)
      const length = shape.reduce((product, size) => product * size, 1)
      await writing(outFile, () => writeFile(outFile, float32Npy(shape, data.subarray(0, length))))
      return { shape: [...shape], sha256: await fileSha256(outFile), used: [], skipped: [] }
    }))
  return { file: cache.arrayFile(key), sha256: entry.sha256, shape: entry.shape }
}

function noCalibrationImages(message: string): BenchError {
  return new BenchError({
    code: 'no-calibration-images',
    stage: 'calibrate',
    message,
    remedy: 'Choose a folder of pictures like those that the model will see; 500 of them are advised.',
  })
}
