// A machine's settings in words, and the differences between the machines and software of several runs.
import type { Fingerprint, Gpu, Machine } from '../domain/fingerprint.ts'
import { countText } from './figure-text.ts'

/**
 * The settings of a machine and its GPUs in words: what may differ between two runs on the same hardware. A fact
 * missing in an older record is left out; one that could not be read is null.
 */
export type Setting = readonly [name: string, value: string | null]

type Recorded<Value> = Value | null | undefined

export function gpuSettings(gpu: Gpu): readonly Setting[] {
  return [
    ...setting('compute capability', gpu.computeCapability, String),
    ...setting('CUDA of the driver', gpu.driverCudaVersion, String),
    ...setting('GPU power limit', gpu.powerLimitWatts, (watts) => `${watts} W`),
    ...setting('largest SM clock', gpu.maxSmClockMhz, (clock) => `${countText(clock)} MHz`),
    ...setting('largest memory clock', gpu.maxMemoryClockMhz, (clock) => `${countText(clock)} MHz`),
    ...setting('persistence mode', gpu.persistenceMode, onOrOff),
    ...setting('MIG', gpu.migMode, onOrOff),
    ...setting('ECC', gpu.eccMode, onOrOff),
    ...setting('display on the GPU', gpu.displayActive, (active) => (active ? 'active' : 'none')),
  ]
}

export function hostSettings(machine: Machine): readonly Setting[] {
  return [
    ...setting('clock boost', machine.cpuBoost, onOrOff),
    ...setting('SMT', machine.simultaneousMultithreading, onOrOff),
    ...setting('transparent huge pages', machine.transparentHugePages, String),
    ...setting('container', machine.container, (container) => (container ? 'yes' : 'no')),
    ...setting('processor limit', machine.cpuLimitCores, (cores) =>
      cores === 'none' ? cores : `${Number(cores.toFixed(2))} ${cores === 1 ? 'core' : 'cores'}`,
    ),
    ...setting('memory limit', machine.memoryLimitBytes, (bytes) =>
      bytes === 'none' ? bytes : `${(bytes / 1024 ** 3).toFixed(1)} GiB`,
    ),
  ]
}

/** `GPU power limit 700 W, MIG off`, of those that were read; null if none was. */
export function settingsLine(settings: readonly Setting[]): string | null {
  const read = settings.flatMap(([name, value]) => (value === null ? [] : `${name} ${value}`))
  return read.length === 0 ? null : read.join(', ')
}

function setting<Value>(name: string, value: Recorded<Value>, words: (value: Value) => string): readonly Setting[] {
  if (value === undefined) return []
  return [[name, value === null ? null : words(value)]]
}

function onOrOff(on: boolean): string {
  return on ? 'on' : 'off'
}

/**
 * Differences between the machines and the software of several runs: their figures may be shown side by side, but
 * nothing is claimed across them.
 */
interface FingerprintDifference {
  /** `processor`, `torch`. */
  readonly what: string
  /** In the order of the fingerprints. */
  readonly values: readonly string[]
}

/**
 * Settings that only some of the records have are compared among those; that the others lack them is one difference.
 */
export function fingerprintDifferences(fingerprints: readonly Fingerprint[]): readonly FingerprintDifference[] {
  const facts = differencesOf(fingerprints.map(factsOf), 'none')
  const settings = fingerprints.map(({ machine }) => settingsOf(machine))
  const recorded = settings.map((of) => (of.size === 0 ? 'not recorded' : 'recorded'))
  return [
    ...facts,
    ...differencesOf(settings, null),
    ...(new Set(recorded).size > 1 ? [{ what: 'state of the machine', values: recorded }] : []),
  ]
}

/** @param absent the value for a missing one; null leaves it out of the comparison. */
function differencesOf(
  described: readonly ReadonlyMap<string, string>[],
  absent: string | null,
): readonly FingerprintDifference[] {
  const names = [...new Set(described.flatMap((facts) => [...facts.keys()]))]
  return names.flatMap((what) => {
    const compared = described.flatMap((facts) => facts.get(what) ?? absent ?? [])
    const values = described.map((facts) => facts.get(what) ?? absent ?? 'not recorded')
    return new Set(compared).size > 1 ? [{ what, values }] : []
  })
}

/** Null if all are one machine in one state. */
export function fingerprintBanner(fingerprints: readonly Fingerprint[]): string | null {
  if (new Set(fingerprints.map(({ hash }) => hash)).size < 2) return null
  const differences = fingerprintDifferences(fingerprints).map(
    ({ what, values }) => `${what} (${[...new Set(values)].join(' / ')})`,
  )
  const told = differences.length === 0 ? 'something that the fingerprint covers' : differences.join(', ')
  return `Different machines or states: ${told}. Nothing is claimed across these runs.`
}

function factsOf({ machine, software, enginebenchVersion }: Fingerprint): ReadonlyMap<string, string> {
  const known = (value: string | boolean | null) => (value === null ? 'unknown' : String(value))
  return new Map([
    ['processor', machine.cpuModel],
    ['cores', `${machine.physicalCores} of ${machine.logicalCores} threads`],
    ['memory', `${(machine.memoryBytes / 1024 ** 3).toFixed(1)} GiB`],
    ['GPU', machine.gpus.map(({ name }) => name).join(', ') || 'none'],
    ['driver', machine.gpus.map(({ driver }) => known(driver)).join(', ') || 'none'],
    ['system', `${machine.os}, kernel ${machine.kernel}`],
    ['clock governor', known(machine.cpuGovernor)],
    ['virtual machine', known(machine.virtualMachine)],
    ['on battery', known(machine.onBattery)],
    ...Object.entries(software),
    ['Enginebench', enginebenchVersion],
  ])
}

/** For several GPUs, `700 W, 350 W` in their order, or the value that all have in common. */
function settingsOf(machine: Machine): ReadonlyMap<string, string> {
  const valuesOf = new Map<string, string[]>()
  const ofGpus = machine.gpus.flatMap((gpu): Setting[] => [
    ...(gpu.uuid === undefined ? [] : [['GPU UUID', gpu.uuid] as const]),
    ...gpuSettings(gpu),
  ])
  for (const [name, value] of [...hostSettings(machine), ...ofGpus])
    valuesOf.set(name, [...(valuesOf.get(name) ?? []), value ?? 'unknown'])
  return new Map(
    [...valuesOf].map(([name, values]) => [
      name,
      (new Set(values).size === 1 ? values.slice(0, 1) : values).join(', '),
    ]),
  )
}
