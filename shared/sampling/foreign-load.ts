// How much work of other processes disturbs a measurement. One core is disturbed by 15 % of its time; on a machine with
// many cores the system's usual small load spreads out, so from 15 cores the limit is 1 % of the machine.

/** In percent of one core, like `foreignCpuPercent`. */
export function foreignLoadLimit(logicalCores: number): number {
  return Math.max(15, logicalCores)
}
