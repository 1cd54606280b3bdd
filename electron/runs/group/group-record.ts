// Builds a group's record from its cases: the collected evidence and the summaries computed from samples; the notes
// about engines that were built several times; and the running medians shown between rounds.

import type { Artifact } from '../../../shared/domain/artifact.ts'
import { type Figure, measured, missing } from '../../../shared/domain/figure.ts'
import type { WeightsOrigin } from '../../../shared/domain/model.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import type { PlannedGroup } from '../../../shared/planning/expand-plan.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { buildSpread, rangeText } from '../../../shared/statistics/group-speedups.ts'
import { summarizeGroup, type UnsummarizedCase } from '../../../shared/statistics/group-summary.ts'
import { speedupOf } from '../../../shared/statistics/speedup.ts'
import { type RunCase, recordedWeights } from './run-case.ts'

export interface GroupEvidence {
  readonly group: PlannedGroup
  readonly runCases: readonly RunCase[]
  readonly blocksOf: (caseKey: string) => readonly SampleBlock[]
  /** Null if every case is simulated. */
  readonly weights: WeightsOrigin | null
  readonly inputSha256: string | null
  /** Every input, where the model's manifest lists them. */
  readonly inputs?: GroupRecord['inputs']
  readonly coResident: boolean
  /** What is known of the launches; absent if no rounds were measured (an analysis of videos). */
  readonly launched?: Pick<GroupRecord, 'launches' | 'roundsPerLaunch' | 'stopped'>
  readonly noiseFloor: number | null
  /** Null where protocol 1 judges. */
  readonly margin: number | null
  /** Of the run; absent means 1. */
  readonly protocol?: RunRecord['protocol']
}

export function summarizeRunCases({
  group,
  runCases,
  blocksOf,
  weights,
  inputSha256,
  inputs,
  coResident,
  launched,
  noiseFloor,
  margin,
  protocol,
}: GroupEvidence): GroupRecord {
  return summarizeGroup(
    {
      groupKey: group.groupKey,
      batchSize: group.batchSize,
      inputShape: [...group.inputShape],
      ...(inputs && { inputs }),
      device: group.device,
      baseline: group.baseline,
      coResident,
      inputSha256,
      ...launched,
      cases: runCases.map((runCase) => evidenceOf(runCase, weights)),
    },
    blocksOf,
    noiseFloor,
    margin,
    protocol,
  )
}

const unknown = missing('The case did not get that far.')

function evidenceOf(runCase: RunCase, weights: WeightsOrigin | null): UnsummarizedCase {
  const { caseKey, candidate, prepared, memory, state, reason, error } = runCase
  const { backend, precision, options } = candidate
  return {
    caseKey,
    backend,
    precision,
    options,
    precisionProof: prepared?.precisionProof ?? null,
    weights: recordedWeights(runCase, weights),
    state,
    reason,
    error,
    memory: {
      engineDeclaredBytes: figureOf(prepared?.engineDeclaredBytes),
      allocatorPeakBytes: figureOf(memory?.allocatorPeakBytes),
      processPeakBytes: runCase.gpuPeak?.bytes ?? figureOf(memory?.processPeakBytes),
    },
    ...processPeakMethod(runCase),
    energyJoulesPerImage: missing('The plan did not ask for energy.'),
    parity: runCase.parity,
    accuracy: runCase.accuracy,
    steadiness: runCase.steadiness,
    threads: prepared?.threads ?? null,
    loadMs: prepared === null ? unknown : measured(prepared.loadMs),
    artifactSha256: runCase.artifact?.sha256 ?? null,
    artifact: namedArtifact(runCase),
    ...(runCase.artifact?.exporter && { exporter: runCase.artifact.exporter }),
    versions: prepared?.versions ?? {},
    ...runCase.passes,
  }
}

function processPeakMethod({ candidate, gpuPeak, memory }: RunCase): Pick<UnsummarizedCase, 'processPeakMethod'> {
  if (gpuPeak !== null) return gpuPeak.method === null ? {} : { processPeakMethod: gpuPeak.method }
  const isOwnWord = candidate.backend !== 'simulated' && (memory?.processPeakBytes.value ?? null) !== null
  return isOwnWord ? { processPeakMethod: 'peak resident memory' } : {}
}

function namedArtifact({ candidate, artifact }: RunCase): UnsummarizedCase['artifact'] {
  if (candidate.artifact === undefined || artifact === null) return null
  const { kind, sha256, tools, parity } = artifact
  return { kind, sha256, tools, parity: { verdict: parity.verdict, reason: parity.reason } }
}

function figureOf(reported: { value: number } | { value: null; reason: string } | undefined): Figure {
  if (reported === undefined) return unknown
  return reported.value === null ? missing(reported.reason) : measured(reported.value)
}

interface Built {
  readonly entry: CaseRecord
  readonly artifact: Artifact
}

/** One note for each recipe that was built several times: the spread between its builds. */
export function buildNotes(
  { groupKey, baseline, cases }: GroupRecord,
  runCases: readonly Pick<RunCase, 'caseKey' | 'artifact'>[],
): readonly string[] {
  const built = runCases.flatMap(({ caseKey, artifact }): readonly Built[] => {
    const entry = cases.find((each) => each.caseKey === caseKey)
    return artifact === null || entry === undefined || entry.state !== 'completed' ? [] : [{ entry, artifact }]
  })
  const series = new Map<string, Built[]>()
  for (const each of built) {
    const key = `${each.entry.backend} ${sameRecipe(each.artifact)}`
    series.set(key, [...(series.get(key) ?? []), each])
  }
  return [...series.values()].flatMap((builds) => {
    const words = new Set(builds.map(({ artifact }) => artifact.sha256)).size > 1 ? spread(builds, baseline) : null
    return words === null ? [] : [`${groupKey}: ${words}`]
  })
}

/** What the workers said about their cases as they were loaded, e.g. that an engine was tuned for another batch. */
export function caseNotes(
  { groupKey }: Pick<GroupRecord, 'groupKey'>,
  runCases: readonly Pick<RunCase, 'caseKey' | 'prepared'>[],
): readonly string[] {
  return runCases.flatMap(({ caseKey, prepared }) =>
    (prepared?.notes ?? []).map((note) => `${groupKey}, ${caseKey}: ${note}`),
  )
}

/** Everything a build was requested with, except its number. */
function sameRecipe({ modelId, kind, precision, parents, batch, size, options, tools }: Artifact): string {
  return JSON.stringify([modelId, kind, precision, parents, batch, size, options, tools])
}

/** Spread of the speedups if their baseline is not one of the builds, otherwise of the medians. */
function spread(builds: readonly Built[], baseline: string): string | null {
  const names = builds.map(({ entry }) => entry.caseKey).join(', ')
  const speedups = builds.flatMap(({ entry }) => entry.speedup.value ?? [])
  const isBaseline = builds.some(({ entry }) => entry.caseKey === baseline)
  const ofSpeedups = isBaseline || speedups.length < builds.length ? null : buildSpread(speedups)
  if (ofSpeedups !== null) return `${ofSpeedups} (${names}).`
  const mediansMs = builds.flatMap(({ entry }) => entry.latencyMs.p50.value ?? [])
  if (mediansMs.length < builds.length) return null
  return `between builds: ${rangeText(mediansMs, 3)} ms at the median (${names}).`
}

interface InterimFigure {
  readonly p50Ms: Figure
  readonly speedup: Figure
  readonly sampleCount: number
}

type ShownCase = Pick<RunCase, 'caseKey' | 'medianBlocks' | 'sampleCount' | 'parityFinding'>

/**
 * Only of cases whose parity is judged. To cost almost nothing between blocks, the running median is the median of the
 * blocks' medians; the record's is over all samples. Gives no verdict.
 */
export function interimFigures(runCases: readonly ShownCase[], baseline: string): Record<string, InterimFigure> {
  const judged = runCases.filter(({ parityFinding }) => parityFinding !== null)
  const reference = judged.find((runCase) => runCase.caseKey === baseline)
  return Object.fromEntries(
    judged.map((runCase) => [
      runCase.caseKey,
      { p50Ms: runningMedian(runCase), speedup: runningSpeedup(reference, runCase), sampleCount: runCase.sampleCount },
    ]),
  )
}

function runningMedian({ medianBlocks }: ShownCase): Figure {
  const medians = medianBlocks.flatMap((block) => block.latenciesMs)
  return medians.length === 0 ? missing('No block has been measured yet.') : measured(median(medians))
}

function runningSpeedup(reference: ShownCase | undefined, runCase: ShownCase): Figure {
  const refusal = runCase.parityFinding?.refusal ?? null
  if (refusal !== null) return missing(refusal)
  const estimate = reference === undefined ? null : speedupOf(reference.medianBlocks, runCase.medianBlocks)
  return estimate === null
    ? missing('No round has been measured by both this case and the baseline yet.')
    : measured(estimate.value, estimate.intervalAt(0.95))
}
