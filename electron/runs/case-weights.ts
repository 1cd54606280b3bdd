// Where the weights of a case came from: those of a converted file are its own, what a run exports has the run's.
import type { WeightsOrigin } from '../../shared/domain/model.ts'
import type { CaseTrial } from './case-trial.ts'

export function caseWeights<Origin extends WeightsOrigin | null>(
  { candidate, artifact }: Pick<CaseTrial, 'candidate' | 'artifact'>,
  ofRun: Origin,
): WeightsOrigin | Origin {
  return candidate.artifact === undefined || artifact === null ? ofRun : artifact.weights
}
