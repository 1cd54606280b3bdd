// Turns a machine and the software that ran on it into one comparable hash. The same facts give the same hash,
// whatever the order in which they were recorded.
import { createHash } from 'node:crypto'
import type { Fingerprint, Machine } from '../../shared/domain/fingerprint.ts'

/** @param software library -> version, as loaded by the workers. */
export function fingerprintOf(
  machine: Machine,
  software: Readonly<Record<string, string>>,
  enginebenchVersion: string,
): Fingerprint {
  const facts = { machine, software: { ...software }, enginebenchVersion }
  return { hash: createHash('sha256').update(JSON.stringify(facts, inNameOrder)).digest('hex'), ...facts }
}

function inNameOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** What a noise floor belongs to: the machine as it is, and the app that measures. The software of workers is not in it. */
export function machineHashOf(machine: Machine, enginebenchVersion: string): string {
  return createHash('sha256').update(JSON.stringify({ machine, enginebenchVersion }, inNameOrder)).digest('hex')
}
