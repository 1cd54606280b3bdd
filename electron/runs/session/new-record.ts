// The record of a run before its first measurement: every figure is missing, with that reason.
import { missing } from '../../../shared/domain/figure.ts'
import type { Fingerprint } from '../../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Plan } from '../../../shared/domain/plan.ts'
import {
  type CaseRecord,
  currentProtocol,
  type GroupRecord,
  type RunRecord,
  schemaVersion,
} from '../../../shared/domain/run.ts'
import type { PlannedCase, PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import { repeatCommand } from './repeat-command.ts'

interface NewRun {
  readonly runId: string
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly groups: readonly PlannedGroup[]
  readonly fingerprint: Fingerprint
  readonly createdAt: string
}

/** The results of a run that has not begun: every figure is missing, with that reason. */
export function newRecord({ runId, plan, manifest, groups, fingerprint, createdAt }: NewRun): RunRecord {
  return {
    schemaVersion,
    protocol: currentProtocol,
    runId,
    state: 'queued',
    simulated: plan.candidates.some((candidate) => candidate.backend === 'simulated'),
    createdAt,
    endedAt: null,
    modelName: manifest.name,
    task: manifest.task,
    command: repeatCommand(plan),
    plan,
    fingerprint,
    images: { source: 'not read yet', found: 0, used: 0, notUsed: 0, skipped: [] },
    groups: groups.map(pendingGroup),
    error: null,
    notes: [],
  }
}

/** A group before its first measurement. */
export function pendingGroup(group: PlannedGroup): GroupRecord {
  return {
    groupKey: group.groupKey,
    batchSize: group.batchSize,
    inputShape: [...group.inputShape],
    device: group.device,
    baseline: group.baseline,
    coResident: true,
    inputSha256: null,
    cases: group.cases.map((planned) => pendingCase(planned, group.baseline)),
  }
}

function pendingCase({ caseKey, candidate }: PlannedCase, baseline: string): CaseRecord {
  const { backend, precision, options } = candidate
  const figure = missing('It was not measured.')
  return {
    caseKey,
    backend,
    precision,
    options,
    precisionProof: null,
    weights: null,
    state: 'pending',
    reason: null,
    error: null,
    latencyMs: { p50: figure, p90: figure, p95: figure, p99: figure, mean: figure, min: figure },
    imagesPerSecond: figure,
    memory: { engineDeclaredBytes: figure, allocatorPeakBytes: figure, processPeakBytes: figure },
    energyJoulesPerImage: figure,
    parity: { verdict: 'not-judged', reason: 'Outputs were not compared.', figures: null, reference: null },
    accuracy: figure,
    speedup: {
      value: null,
      interval: null,
      baseline,
      verdict: 'refused',
      reason: 'It was not measured.',
      heading: null,
    },
    badges: backend === 'simulated' ? ['simulated'] : [],
    sampleCount: 0,
    leadSampleCount: 0,
    outliers: { mild: 0, severe: 0 },
    steadiness: [],
    threads: null,
    loadMs: figure,
    artifactSha256: null,
    versions: {},
  }
}
