// Compares a conversion's result with FP32 and writes the findings into its sidecar. A bad verdict is a finding, not a
// failure.
import type { Artifact } from '../../shared/domain/artifact.ts'
import { parityBatchSizes, parityOfParent } from '../parity/artifact-parity.ts'
import type { ConversionJob, StepFrame, StepOutcome } from './conversion-job.ts'
import { ownFile } from './graph-steps.ts'

/**
 * @param graph the ONNX file that the result is, or was built from.
 * @param exported the export that everything was made from.
 */
export async function parityStep(
  job: ConversionJob,
  frame: StepFrame,
  result: Artifact,
  graph: Artifact,
  exported: Artifact,
): Promise<StepOutcome> {
  if (isJudged(result)) return { artifact: result, cached: true, reason: words(result.parity) }
  const { manifest, modelFolder, recipe, parts, signal } = job
  const evaluation = await job.evaluation(frame)
  const found = await parts.judgeArtifact({
    manifest,
    modelFolder,
    weights: await job.weights(frame),
    precision: recipe.precision,
    elsewhere: recipe.elsewhere,
    onnxFile: (await job.whole(graph)).file,
    engine: result === graph ? null : result,
    visibleGpu: result === graph ? null : (await job.buildCard()).visibleGpu,
    // The private copy, not the artifact that is judged.
    ownFile: manifest.source.library === 'file' && exported.precision === 'fp32' ? await ownFile(job) : null,
    evaluation,
    batchSizes: parityBatchSizes(recipe.batch, evaluation.images.used),
    onProgress: frame.onProgress,
    log: frame.log,
    signal,
  })
  const { comparedBy, isOfParent, ...parity } = found
  if (isOfParent && !isJudged(graph)) await parts.keyed.amend(graph.key ?? '', { parity: parityOfParent(found) })
  const amended = await parts.keyed.amend(result.key ?? '', { parity })
  return { artifact: amended ?? { ...result, parity }, cached: false, reason: words(parity) }
}

/** Judges again what could not be judged (the cause may be gone), and what was judged only by cosine similarity. */
function isJudged({ parity: { verdict, byBatchSize, decidedBy } }: Artifact): boolean {
  if (byBatchSize.length === 0) return verdict !== 'not-judged'
  return byBatchSize.every(
    ({ figures: { errors, cosineSimilarity, nonFiniteCount } }) =>
      errors !== undefined || (cosineSimilarity === null && (nonFiniteCount === 0 || decidedBy !== undefined)),
  )
}

function words({ verdict, reason }: Artifact['parity']): string {
  return verdict === 'not-judged' ? `not judged: ${reason}` : `${verdict}: ${reason}`
}
