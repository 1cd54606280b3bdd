// A sampler that never says anything: what a run has where the machine cannot be sampled.
import type { StartMachineSampler } from '../../electron/sampling/watching.ts'

export const silentSampler: StartMachineSampler = () => ({
  slowdownCelsius: null,
  latestAtMs: -1,
  between: () => [],
  caughtUp: async () => {},
  summary: () => ({ samples: 0, shareOfCore: null, gpu: null, notRead: [], endedEarly: null }),
  stop: () => {},
})
