// The candidates with which a backend joins a plan, in the window and on the command line alike: as shipped, and with
// its tuned settings beside it if its row says that the two belong together.
import { isPairedByDefault, tunedOptions } from '../domain/backend-measuring.ts'
import type { Candidate } from '../domain/plan.ts'

export function joiningCandidates(
  candidate: Omit<Candidate, 'options'>,
  inPair: boolean = isPairedByDefault(candidate.backend),
): readonly Candidate[] {
  return (inPair ? [false, true] : [false]).map((tuned) => ({ ...candidate, options: tunedOptions(tuned) }))
}
