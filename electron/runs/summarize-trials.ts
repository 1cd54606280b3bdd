// A group's record from its trials: the evidence as it was gathered, and the summaries that samples alone determine.
import { type Figure, measured, missing } from '../../shared/domain/figure.ts'
import type { WeightsOrigin } from '../../shared/domain/model.ts'
import type { GroupRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import type { PlannedGroup } from '../../shared/planning/expand-plan.ts'
import { summarizeGroup, type UnsummarizedCase } from '../../shared/statistics/group-summary.ts'
import type { CaseTrial } from './case-trial.ts'
import { caseWeights } from './case-weights.ts'

export interface GroupTrials {
  readonly group: PlannedGroup
  readonly trials: readonly CaseTrial[]
  readonly blocksOf: (caseKey: string) => readonly SampleBlock[]
  /** Null where every case is simulated: there are none. */
  readonly weights: WeightsOrigin | null
  readonly inputSha256: string | null
  readonly coResident: boolean
  readonly noiseFloor: number | null
  /** By the width rule, of each launch; absent where the plan has none. */
  readonly addedRounds?: number[]
}

export function summarizeTrials({
  group,
  trials,
  blocksOf,
  weights,
  inputSha256,
  coResident,
  noiseFloor,
  addedRounds,
}: GroupTrials): GroupRecord {
  return summarizeGroup(
    {
      groupKey: group.groupKey,
      batchSize: group.batchSize,
      inputShape: [...group.inputShape],
      device: group.device,
      baseline: group.baseline,
      coResident,
      inputSha256,
      ...(addedRounds && { addedRounds }),
      cases: trials.map((trial) => evidenceOf(trial, weights)),
    },
    blocksOf,
    noiseFloor,
  )
}

const unknown = missing('The case did not get so far.')

function evidenceOf(trial: CaseTrial, weights: WeightsOrigin | null): UnsummarizedCase {
  const { caseKey, candidate, prepared, memory, state, reason, error } = trial
  const { backend, precision, options } = candidate
  return {
    caseKey,
    backend,
    precision,
    options,
    precisionProof: prepared?.precisionProof ?? null,
    weights: backend === 'simulated' || prepared === null ? null : caseWeights(trial, weights),
    state,
    reason,
    error,
    memory: {
      engineDeclaredBytes: figureOf(prepared?.engineDeclaredBytes),
      allocatorPeakBytes: figureOf(memory?.allocatorPeakBytes),
      processPeakBytes: trial.gpuPeak?.bytes ?? figureOf(memory?.processPeakBytes),
    },
    ...processPeakMethod(trial),
    energyJoulesPerImage: missing('The plan did not ask for energy.'),
    parity: trial.parity,
    accuracy: trial.accuracy,
    steadiness: trial.steadiness,
    threads: prepared?.threads ?? null,
    loadMs: prepared === null ? unknown : measured(prepared.loadMs),
    artifactSha256: trial.artifact?.sha256 ?? null,
    artifact: namedArtifact(trial),
    versions: prepared?.versions ?? {},
    ...trial.passes,
  }
}

function processPeakMethod({ candidate, gpuPeak, memory }: CaseTrial): Pick<UnsummarizedCase, 'processPeakMethod'> {
  if (gpuPeak !== null) return gpuPeak.method === null ? {} : { processPeakMethod: gpuPeak.method }
  const isOwnWord = candidate.backend !== 'simulated' && (memory?.processPeakBytes.value ?? null) !== null
  return isOwnWord ? { processPeakMethod: 'peak resident memory' } : {}
}

function namedArtifact({ candidate, artifact }: CaseTrial): UnsummarizedCase['artifact'] {
  if (candidate.artifact === undefined || artifact === null) return null
  const { kind, sha256, tools, parity } = artifact
  return { kind, sha256, tools, parity: { verdict: parity.verdict, reason: parity.reason } }
}

function figureOf(reported: { value: number } | { value: null; reason: string } | undefined): Figure {
  if (reported === undefined) return unknown
  return reported.value === null ? missing(reported.reason) : measured(reported.value)
}
