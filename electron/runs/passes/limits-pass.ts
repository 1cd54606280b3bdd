// What share of the device's limits a case reaches, and what bounds it: the work of its model against the device's peak
// in the precision that was computed. Starts no worker of the case.

import { judgeLimits } from '../../../shared/limits/judge-limits.ts'
import type { CaseTrial } from '../group/run-case.ts'
import type { CasePass } from './case-pass.ts'

export const limitsPass: CasePass = {
  field: 'limits',
  stage: 'limits',
  isAsked: ({ limits }) => limits === true,
  async measure({ limits, medianMsOf, observer, signal }, trial) {
    if (trial.candidate.backend === 'simulated')
      return { notMeasured: 'A simulated case computes nothing, so it comes near no limit.' }
    observer.stageReached('limits', trial.caseKey, 'Counting the work of the model')
    const work = await limits.work(signal)
    if ('notMeasured' in work) return work
    observer.stageReached('limits', trial.caseKey, 'Measuring what the device can do')
    const peak = await limits.peak(computedPrecision(trial), signal)
    if ('notMeasured' in peak) return peak
    const { timeSplit = null, layerTimes = null } = trial.passes
    return { limits: judgeLimits({ work, peak, latencyMs: medianMsOf(trial.caseKey), timeSplit, layerTimes }) }
  },
}

/** A case that stores FP16 and computes FP32 is held against the FP32 peak. */
function computedPrecision({ candidate, prepared }: CaseTrial) {
  return prepared?.precisionProof.holds === false ? 'fp32' : candidate.precision
}
