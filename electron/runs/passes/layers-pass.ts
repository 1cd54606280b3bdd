// Time by layer, from the backend's own profiler, in a worker of its own: a profiler slows what it watches. Shares need no
// steady state, so what is compiled or tuned on the first queries is all that the warm-up has to pass.
import { layerQueriesForLimits, type WarmupRule } from '../../../shared/planning/protocol.ts'
import type { CasePass } from './case-pass.ts'
import { withWarmedCase } from './warmed-case.ts'

const shortWarmup: WarmupRule = { minimumIterations: 10, minimumMs: 0, capMs: 2000 }

export const layersPass: CasePass = {
  field: 'layerTimes',
  stage: 'layers',
  isAsked: ({ layers, limits }) => layers !== undefined || limits === true,
  measure: (context, trial) =>
    withWarmedCase(
      context,
      trial,
      async (worker) => {
        const queries = context.passes.layers?.queries ?? layerQueriesForLimits
        context.observer.stageReached('layers', trial.caseKey, 'Profiling layers')
        const { method, clock, layers, otherLayers, otherMs } = await worker.request(
          'profile-layers',
          { queries },
          context.signal,
        )
        return { layerTimes: { method, ...(clock && { clock }), queries, layers, otherLayers, otherMs } }
      },
      shortWarmup,
    ),
}
