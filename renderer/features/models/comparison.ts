// A model's artifacts side by side: what the comparison charts and the precision table are drawn from.
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'
import { precisionLabel, precisionSchema } from '../../../shared/domain/precision.ts'
import { backendOfKind, libraryName } from '../../format/artifact.ts'
import { duration } from '../../format/time.ts'

export interface ComparedArtifact {
  readonly key: string
  readonly artifact: Artifact
  readonly backend: BackendId
  readonly name: string
  readonly note: string
}

/** Steps that only lead to others are left out: an export that was simplified is not compared. */
export function comparedArtifacts(artifacts: readonly Artifact[]): ComparedArtifact[] {
  const order = (artifact: Artifact) =>
    (artifact.kind === 'onnx' ? 0 : 100 + artifact.kind.length) + precisionSchema.options.indexOf(artifact.precision)
  const simplified = new Set(artifacts.filter(({ step }) => step === 'simplify').flatMap(({ parents }) => parents))
  return artifacts
    .filter(({ sha256, step }) => step !== 'export' || !simplified.has(sha256))
    .sort((a, b) => order(a) - order(b) || a.sha256.localeCompare(b.sha256))
    .map((artifact) => ({
      key: artifact.key ?? artifact.sha256,
      artifact,
      backend: backendOfKind[artifact.kind],
      name: precisionLabel(artifact.precision),
      note: libraryName(artifact),
    }))
}

/** What is to be seen: `INT8 is 3.0 times smaller than FP32`. */
export function sizeFinding(compared: readonly ComparedArtifact[]): string {
  const engines = compared.filter(({ artifact }) => artifact.kind !== 'onnx')
  const among = engines.length > 1 ? engines : compared
  const full = among.find(({ artifact }) => artifact.precision === 'fp32')
  const smallest = [...among].sort((a, b) => a.artifact.sizeBytes - b.artifact.sizeBytes)[0]
  if (!full || !smallest || smallest === full) return 'Size'
  const ratio = full.artifact.sizeBytes / smallest.artifact.sizeBytes
  return `${smallest.name} is ${ratio.toFixed(1)} times smaller than FP32`
}

export function timeFinding(compared: readonly ComparedArtifact[]): string {
  const slowest = [...compared].sort((a, b) => b.artifact.buildTimeMs - a.artifact.buildTimeMs)[0]
  if (!slowest || slowest.artifact.buildTimeMs === 0) return 'Build time'
  return `${slowest.name} took longest, ${duration(slowest.artifact.buildTimeMs)}`
}
