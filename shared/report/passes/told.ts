// A pass of a case where it gave a measurement; null where it was not asked for, or could not be done.
import type { NotMeasured } from '../../domain/figure.ts'

export function told<T extends object>(pass: T | undefined): Exclude<T, NotMeasured> | null {
  return isTold(pass) ? pass : null
}

function isTold<T extends object>(pass: T | undefined): pass is Exclude<T, NotMeasured> {
  return pass !== undefined && !('notMeasured' in pass)
}
