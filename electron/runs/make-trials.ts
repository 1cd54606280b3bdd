// The cases of a group as trials. One whose backend cannot run here, or whose file cannot be had, is skipped from the
// start with the reason and the remedy; it never disappears from the record.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Candidate } from '../../shared/domain/plan.ts'
import type { PlannedGroup } from '../../shared/planning/expand-plan.ts'
import type { RunInputs } from '../inputs/run-inputs.ts'
import { CaseTrial } from './case-trial.ts'
import { filePrecision, runsOnnx } from './onnx-backends.ts'

export function makeTrials(
  group: PlannedGroup,
  inputs: Pick<RunInputs, 'onnx' | 'artifacts'>,
  statuses: ReadonlyMap<BackendId, BackendStatus>,
): readonly CaseTrial[] {
  return group.cases.map(({ caseKey, candidate }) => {
    const artifact = artifactOf(candidate, inputs)
    const trial = new CaseTrial(caseKey, candidate, artifact instanceof BenchError ? null : artifact)
    const unavailable = unavailability(candidate.backend, statuses)
    if (unavailable !== null) trial.skip(unavailable)
    else if (artifact instanceof BenchError) trial.skip(artifact.record)
    return trial
  })
}

/** Null where the case runs no file. */
function artifactOf(candidate: Candidate, inputs: Pick<RunInputs, 'onnx' | 'artifacts'>): Artifact | BenchError | null {
  if (candidate.artifact !== undefined) return inputs.artifacts.get(candidate.artifact) ?? null
  return runsOnnx(candidate.backend) ? (inputs.onnx.get(filePrecision(candidate)) ?? null) : null
}

function unavailability(backend: BackendId, statuses: ReadonlyMap<BackendId, BackendStatus>): BenchErrorRecord | null {
  const status = statuses.get(backend)
  if (status?.available === true) return null
  return {
    code: 'backend-unavailable',
    stage: 'spawn',
    message: status?.reason ?? `${backend} is not part of this version of Enginebench.`,
    remedy: status?.remedy ?? 'Choose another backend.',
    cause: null,
  }
}
