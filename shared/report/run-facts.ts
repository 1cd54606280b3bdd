// A run in facts: how it was measured and on what, what a reader must know first, and what was not measured.
import { deviceWords } from '../domain/device.ts'
import { hasSeededWeights, type ProtocolVersion, type RunRecord } from '../domain/run.ts'
import type { SamplingRecord } from '../domain/sampling-record.ts'
import { rangeOf } from '../statistics/descriptive.ts'
import { judgingMargin } from '../statistics/group-summary.ts'
import { unresolvedShare } from '../statistics/noise-floor.ts'
import { sequentialDesign } from '../statistics/sequential.ts'
import { poorFloorSentence } from '../statistics/verdict.ts'
import { type CasePlace, casePlaces, countedPlaces, placesText } from './case-place.ts'
import { missingFigures } from './case-words.ts'
import { countText, intervalsWords } from './figure-text.ts'
import { gpuSettings, hostSettings, type Setting, settingsLine } from './machine-settings.ts'
import { addedRoundsWords, designWords, launchesWords, noiseFloorWords } from './method-words.ts'
import { marginText, protocolOf, protocolWords } from './verdict-words.ts'

/** How a run was measured and on what, as pairs of name and value: what a reader needs to judge it and to repeat it. */
export type Fact = readonly [name: string, value: string]

const overLaunches =
  'median of the baseline’s block over that of the candidate’s: the median over the rounds of a launch, and the mean of its logarithm over launches'
const speedupMeaning: Readonly<Record<ProtocolVersion, string>> = {
  1: 'median of the baseline’s block over that of the candidate’s, round by round',
  2: overLaunches,
  3: `${overLaunches}, from ${sequentialDesign.startFittedFrom} launches on without the effect of starting first`,
}

export function methodFacts(record: RunRecord): readonly Fact[] {
  const { plan, images, groups, noiseFloor, fingerprint } = record
  const samples = groups.flatMap(({ cases }) => cases).map(({ sampleCount }) => sampleCount)
  const added = addedRoundsWords(record)
  const launched = launchesWords(record)
  const margin = judgingMargin(record)
  const methods = groups.flatMap(({ cases }) => cases.flatMap(({ speedup }) => speedup.interval?.method ?? []))
  return [
    ['Protocol', protocolWords(record)],
    ['Design', designWords(record)],
    ...(launched === null ? [] : [['Launches', launched] as const]),
    ...(margin === null ? [] : [['Same within', `± ${marginText(margin)}`] as const]),
    ...(added === null ? [] : [['Rounds added', added] as const]),
    ['Order', `blocks shuffled in every round, seed ${plan.seed}`],
    ['Timed', 'preprocessed input array on the host to output arrays on the host'],
    ['Samples', sampleWords(samples)],
    ['Speedup', speedupMeaning[protocolOf(record)]],
    ['Smallest difference shown', noiseFloorWords(noiseFloor)],
    ['Intervals', intervalsWords(methods) || 'none'],
    [
      'Images',
      `${countText(images.used)} used of ${countText(images.found)} (${images.source}), ${countText(images.skipped.length)} skipped, ${countText(images.notUsed)} not needed`,
    ],
    ['Threads', `${plan.threads} for every backend`],
    ['Device', deviceWords(plan.device, fingerprint.machine.gpus)],
    [
      'Workers',
      groups.every(({ coResident }) => coResident)
        ? 'one process per case, all resident'
        : 'one process per case, not co-resident',
    ],
  ]
}

export function machineFacts({ fingerprint, sampling }: Pick<RunRecord, 'fingerprint' | 'sampling'>): readonly Fact[] {
  const { machine, software, enginebenchVersion, hash } = fingerprint
  const known = (value: string | null) => value ?? 'unknown'
  return [
    ['Processor', `${machine.cpuModel}, ${machine.physicalCores} cores, ${machine.logicalCores} threads`],
    ['Memory', `${(machine.memoryBytes / 1024 ** 3).toFixed(1)} GiB`],
    ...machine.gpus.flatMap((gpu): Fact[] => [
      ['GPU', `${gpu.name}, driver ${known(gpu.driver)}`],
      ...settingsFact('GPU state', gpuSettings(gpu)),
    ]),
    ['System', `${machine.os}, kernel ${machine.kernel}`],
    ['Clock governor', known(machine.cpuGovernor)],
    ...settingsFact('Machine state', hostSettings(machine)),
    ['Virtual machine', machine.virtualMachine === null ? 'unknown' : machine.virtualMachine ? 'yes' : 'no'],
    ['On battery', machine.onBattery === null ? 'unknown' : machine.onBattery ? 'yes' : 'no'],
    ...(sampling === undefined ? [] : samplingFacts(sampling)),
    ...Object.entries(software).map(([name, version]): Fact => [name, version]),
    ['Enginebench', enginebenchVersion],
    ['Fingerprint', hash],
  ]
}

/** Empty for a record without settings, or if none could be read. */
function settingsFact(name: string, settings: readonly Setting[]): readonly Fact[] {
  const line = settingsLine(settings)
  return line === null ? [] : [[name, line]]
}

function samplingFacts({ preflight, samples, shareOfCore, notRead }: SamplingRecord): readonly Fact[] {
  const cost = shareOfCore === null ? '' : `, ${(shareOfCore * 100).toFixed(1)} % of one core`
  return [
    ['Before the run', `${preflight.verdict}: ${preflight.reason}`],
    ['Samples of the machine', `${countText(samples)}${cost}`],
    ...notRead.map((sentence): Fact => ['Not read', sentence]),
  ]
}

function sampleWords(counts: readonly number[]): string {
  if (counts.length === 0) return 'none'
  const { least, most } = rangeOf(counts)
  const range = least === most ? countText(least) : `${countText(least)} to ${countText(most)}`
  return `${range} per case, without lead samples`
}

/** What a reader must know before any figure of a run. */
export function runBanners(record: RunRecord): readonly string[] {
  const { simulated, state, error, sampling } = record
  const unresolved = poorFloorSentence(unresolvedShare(record))
  return [
    ...(simulated ? ['Simulated: latencies of simulated cases come from a generator, nothing was computed.'] : []),
    ...(hasSeededWeights(record)
      ? ['Seeded weights: timing valid, predictions not. Parity is not judged, speedups are timing only.']
      : []),
    ...(unresolved === null ? [] : [`${unresolved.charAt(0).toUpperCase()}${unresolved.slice(1)}.`]),
    ...(sampling?.preflight.verdict === 'noisy'
      ? [`The machine was noisy before the run: ${sampling.preflight.reason}`]
      : []),
    ...(state === 'completed'
      ? []
      : [`The run is ${state}${error === null ? '' : `: ${error.message}`}. Finished cases are kept.`]),
  ]
}

/**
 * What was not measured in a run, each with its reason; cases with the same figure and reason share a line. A requested
 * pass reports this in its own section.
 */
interface AbsentFigure {
  /** `p99 (ONNX Runtime FP32, batch 1)`, `energy per image (all)`. */
  readonly what: string
  readonly reason: string
}

interface Absence {
  readonly figure: string
  readonly reason: string
  readonly where: CasePlace[]
}

export function absentFigures(record: Pick<RunRecord, 'groups'>): readonly AbsentFigure[] {
  const places = casePlaces(record)
  const byAbsence = new Map<string, Absence>()
  for (const place of places) {
    for (const [figure, reason] of missingFigures(place.entry)) {
      if (figure === 'energy per image' && place.entry.energy !== undefined) continue
      const key = JSON.stringify([figure, reason])
      const known = byAbsence.get(key) ?? { figure, reason, where: [] }
      known.where.push(place)
      byAbsence.set(key, known)
    }
  }
  const all = countedPlaces(places)
  return [...byAbsence.values()].map(({ figure, reason, where }) => ({
    what: `${figure} (${placesText(where, all)})`,
    reason,
  }))
}
