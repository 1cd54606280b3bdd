// The images that INT8 is calibrated on: the user's folder without any image that judges, the model's own calibration
// arrays, or the other half of the shipped photographs. Throws BenchError `no-calibration-images`, and as preparing
// inputs does.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Calibration } from '../../shared/domain/recipe.ts'
import type { InputArray } from '../../shared/domain/worker-case.ts'
import { fileSha256, valueSha256 } from '../inputs/file-hash.ts'
import { listImages } from '../inputs/image-folder.ts'
import type { InputCache } from '../inputs/input-cache.ts'
import { float32Npy, readFloat32, readNpyHeader } from '../inputs/npy.ts'
import { type ImageInputsDependencies, preparedFiles, shippedSource } from '../inputs/prepared-inputs.ts'
import { splitOfShipped } from '../inputs/shipped-photographs.ts'
import { writing } from '../store/write-failure.ts'
import type { ImageSetRequest } from './evaluation-images.ts'
import type { PreparedImageSet } from './image-set.ts'

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
    const source = imageFolder ?? shippedSource
    const { contents, ...prepared } = await preparedFiles(
      dependencies,
      {
        manifest,
        files,
        source,
        height: size ?? manifest.input.height,
        width: size ?? manifest.input.width,
        limit: imageLimit,
      },
      onProgress,
      signal,
    )
    return { ...prepared, source, sha256: valueSha256(contents) }
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
    if (!judging.has(await fileSha256(file, signal))) kept.push(file)
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
