// The images that every artifact of a model is judged on: the test set that ships with the model, else half of the
// shipped photographs. Never an image that something was calibrated on. Throws as preparing inputs does.
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { TaskProgress } from '../backends/backend-driver.ts'
import { valueSha256 } from '../inputs/file-hash.ts'
import { type ImageInputsDependencies, preparedFiles, shippedArrays, shippedSource } from '../inputs/prepared-inputs.ts'
import { splitOfShipped } from '../inputs/shipped-photographs.ts'
import type { PreparedImageSet } from './image-set.ts'

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
  const { contents, ...prepared } = await preparedFiles(
    dependencies,
    {
      manifest,
      files: evaluation,
      source: shippedSource,
      height: size ?? manifest.input.height,
      width: size ?? manifest.input.width,
      limit: evaluation.length,
    },
    onProgress,
    signal,
  )
  return { ...prepared, source: shippedSource, sha256: valueSha256(contents) }
}
