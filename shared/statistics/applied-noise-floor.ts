// The noise floor that a run was judged by, as a number, and what it means for the reader where it is large.
import type { AppliedNoiseFloor } from '../domain/noise-floor.ts'
import { poorFloor } from './verdict.ts'

/** |ratio - 1| of identical code; null where it was not measured. */
export function floorValue(applied: AppliedNoiseFloor | undefined): number | null {
  return applied !== undefined && 'value' in applied ? applied.value : null
}

/** Null where the floor is small, or not known. */
export function poorFloorSentence(noiseFloor: number | null): string | null {
  if (noiseFloor === null || noiseFloor <= poorFloor) return null
  return `this machine cannot resolve less than ${(noiseFloor * 100).toFixed(1)} %`
}
