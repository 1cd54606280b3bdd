// How a run was measured and on what, as pairs of name and value: what a reader needs to judge it and to repeat it.
import { presets } from '../domain/plan.ts'
import type { RunRecord } from '../domain/run.ts'
import type { SamplingRecord } from '../domain/sampling-record.ts'
import { addedRoundsWords } from './added-rounds-words.ts'
import { countText } from './figure-text.ts'
import { intervalsWords } from './interval-words.ts'
import { gpuSettings, hostSettings, type Setting, settingsLine } from './machine-settings.ts'
import { noiseFloorWords } from './noise-floor-words.ts'

export type Fact = readonly [name: string, value: string]

export function methodFacts(record: RunRecord): readonly Fact[] {
  const { plan, images, groups, noiseFloor } = record
  const { launches, rounds } = presets[plan.preset]
  const samples = groups.flatMap(({ cases }) => cases).map(({ sampleCount }) => sampleCount)
  const added = addedRoundsWords(record)
  const methods = groups.flatMap(({ cases }) => cases.flatMap(({ speedup }) => speedup.interval?.method ?? []))
  return [
    ['Design', `${plan.preset}: ${launches} ${launches === 1 ? 'launch' : 'launches'} × ${rounds} rounds`],
    ...(added === null ? [] : [['Rounds added', added] as const]),
    ['Order', `blocks shuffled in every round, seed ${plan.seed}`],
    ['Timed', 'preprocessed host array in to host arrays out'],
    ['Samples', sampleWords(samples)],
    ['Speedup', 'median of the baseline’s block over that of the candidate’s, round by round'],
    ['Told apart', noiseFloorWords(noiseFloor)],
    ['Intervals', intervalsWords(methods) || 'none were given'],
    [
      'Images',
      `${countText(images.used)} used of ${countText(images.found)} (${images.source}), ${countText(images.skipped.length)} skipped, ${countText(images.notUsed)} not needed`,
    ],
    ['Threads', `${plan.threads} for every backend`],
    ['Device', plan.device],
    [
      'Workers',
      groups.every(({ coResident }) => coResident)
        ? 'one process a case, all resident'
        : 'one process a case, not co-resident',
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

/** None for a record that has no settings, or where none could be read. */
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
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const range = least === most ? countText(least) : `${countText(least)} to ${countText(most)}`
  return `${range} a case, lead samples left out`
}
