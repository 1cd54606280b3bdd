// Names of the bits with which a driver explains a GPU's clocks. An unknown bit becomes `other`: drivers add new ones,
// and none may be lost.
import type { ClockReason } from '../domain/machine-sample.ts'

const known: readonly (readonly [bit: bigint, reason: ClockReason])[] = [
  [0x1n, 'idle'],
  [0x2n, 'application-clocks'],
  [0x4n, 'software-power-cap'],
  [0x8n, 'hardware-slowdown'],
  [0x10n, 'sync-boost'],
  [0x20n, 'software-thermal'],
  [0x40n, 'hardware-thermal'],
  [0x80n, 'power-brake'],
  [0x100n, 'display-clock'],
]
const knownBits = known.reduce((bits, [bit]) => bits | bit, 0n)

/** Heat or a failing power supply held the clocks down. A power cap by itself is normal for a big GPU at full load. */
export const slowingReasons: ReadonlySet<ClockReason> = new Set([
  'hardware-slowdown',
  'software-thermal',
  'hardware-thermal',
  'power-brake',
])

export function clockReasons(bits: bigint): ClockReason[] {
  const reasons = known.filter(([bit]) => (bits & bit) !== 0n).map(([, reason]) => reason)
  return (bits & ~knownBits) === 0n ? reasons : [...reasons, 'other']
}
