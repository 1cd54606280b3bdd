// Time by layer, from the backend's own profiler, in a worker of its own: a profiler slows what it watches.
import type { CasePass } from './case-pass.ts'
import { withWarmedCase } from './warmed-case.ts'

export const layersPass: CasePass = {
  field: 'layerTimes',
  stage: 'layers',
  isAsked: ({ layers }) => layers !== undefined,
  measure: (context, trial) =>
    withWarmedCase(context, trial, async (worker) => {
      const queries = context.passes.layers?.queries ?? 1
      context.observer.stageReached('layers', trial.caseKey, 'Profiling layers')
      const { method, layers, otherLayers, otherMs } = await worker.profileLayers(queries, context.signal)
      return { layerTimes: { method, queries, layers, otherLayers, otherMs } }
    }),
}
