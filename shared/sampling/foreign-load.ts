// How much work of other processes disturbs a measurement. One core is disturbed by 15 % of its time; on a machine with
// many cores the little that a system always does spreads out, so from 15 cores on the limit is 1 % of the machine.

/** In percent of one core, as `foreignCpuPercent` is. */
export function foreignLoadLimit(logicalCores: number): number {
  return Math.max(15, logicalCores)
}
