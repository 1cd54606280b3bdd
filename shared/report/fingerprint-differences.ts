// What differs between the machines and the software of several runs: their figures may stand side by side, but nothing
// is claimed across them.
import type { Fingerprint } from '../domain/fingerprint.ts'

export interface FingerprintDifference {
  /** `processor`, `torch`. */
  readonly what: string
  /** In the order of the fingerprints. */
  readonly values: readonly string[]
}

export function fingerprintDifferences(fingerprints: readonly Fingerprint[]): readonly FingerprintDifference[] {
  const described = fingerprints.map(describe)
  const names = [...new Set(described.flatMap((facts) => [...facts.keys()]))]
  return names.flatMap((what) => {
    const values = described.map((facts) => facts.get(what) ?? 'none')
    return new Set(values).size > 1 ? [{ what, values }] : []
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

function describe({ machine, software, enginebenchVersion }: Fingerprint): ReadonlyMap<string, string> {
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
