// What parity says of INT8 that ONNX Runtime computes on this processor.
import { expect } from 'vitest'
import type { RunRecord } from '../../shared/domain/run.ts'

/** False without VNNI: sums may saturate there, and the run says so. */
export function sumsInt8Exactly({ notes }: Pick<RunRecord, 'notes'>): boolean {
  return !notes.some((note) => note.startsWith('This processor has no VNNI'))
}

/** The same outputs pass on a processor that sums exactly; on another one they may be judged anything but unjudged. */
export function int8Verdict(record: Pick<RunRecord, 'notes'>): unknown {
  return sumsInt8Exactly(record) ? 'pass' : expect.stringMatching(/^(pass|warn|fail)$/)
}
