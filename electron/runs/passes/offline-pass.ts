// The offline scenario: all images at once, as fast as they go, in whole batches.
import type { CasePass } from './case-pass.ts'
import { withWarmedCase } from './warmed-case.ts'

export const offlinePass: CasePass = {
  field: 'offline',
  stage: 'measure',
  isAsked: ({ offline }) => offline !== undefined,
  measure: (context, trial) =>
    withWarmedCase(context, trial, async (worker) => {
      const asked = context.passes.offline?.images ?? 1
      const minimumQueries = Math.ceil(asked / context.batchSize)
      context.observer.stageReached('measure', trial.caseKey, `Offline: ${asked} images, back to back`)
      const done = await worker.request('sustain', { durationMs: 0, minimumQueries }, context.signal)
      const images = done.queries * context.batchSize
      const wallMs = (done.endedAtNs - done.startedAtNs) / 1e6
      return { offline: { images, wallMs, imagesPerSecond: (1000 * images) / wallMs } }
    }),
}
