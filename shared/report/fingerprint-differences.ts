// What differs between the machines and the software of several runs: their figures may stand side by side, but nothing
// is claimed across them.
import type { Fingerprint, Machine } from '../domain/fingerprint.ts'
import { gpuSettings, hostSettings, type Setting } from './machine-settings.ts'

export interface FingerprintDifference {
  /** `processor`, `torch`. */
  readonly what: string
  /** In the order of the fingerprints. */
  readonly values: readonly string[]
}

/** Settings that only some of the records have are compared among those; that others lack them is one difference. */
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

/** @param absent stands for what one does not have; null leaves that one out of the comparison. */
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

/** Null where all are one machine in one state. */
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

/** Of several GPUs, `700 W, 350 W` in their order, or what all have in common. */
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
