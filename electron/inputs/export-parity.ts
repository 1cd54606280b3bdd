// The verdict on a fresh export, held against PyTorch by the worker that made it. The worst batch size decides. With
// seeded weights it is a check of the graph and nothing more.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ModelManifest, WeightsOrigin } from '../../shared/domain/model.ts'
import { judgeParity, worstVerdict } from '../../shared/statistics/parity.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'

export function exportParity(
  comparisons: RequestResult<'export-onnx'>['comparisons'],
  manifest: ModelManifest,
  weights: WeightsOrigin,
): Artifact['parity'] {
  const tolerance = manifest.parityTolerance.fp32 ?? null
  const judged = comparisons.map(({ figures }) => judgeParity(figures, tolerance, weights))
  return { ...worstVerdict(judged), byBatchSize: comparisons }
}
