// Time by layer, from the backend's own profiler, in a separate worker: a profiler slows what it watches. Shares need
// no steady state, so the warm-up only has to outlast compiling and tuning on the first queries.
import type { WarmupRule } from '../../../shared/planning/protocol.ts'
import { type CasePass, withWarmedCase } from './case-pass.ts'

const shortWarmup: WarmupRule = { minimumIterations: 10, minimumMs: 0, lookMs: 0, lookIterations: 0, capMs: 2000 }

export const layersPass: CasePass<'layers'> = {
  measure: (context, runCase, { queries }) =>
    withWarmedCase(
      context,
      runCase,
      async (worker) => {
        context.observer.stageReached('layers', runCase.caseKey, 'Profiling layers')
        const told = await worker.request('profile-layers', { queries }, context.signal)
        const { method, clock, layers, otherLayers, otherMs } = told
        return { layerTimes: { method, ...(clock && { clock }), queries, layers, otherLayers, otherMs } }
      },
      shortWarmup,
    ),
}
