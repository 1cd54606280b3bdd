// The offline scenario: all images at once, as fast as possible, in whole batches.
import { type CasePass, withWarmedCase } from './case-pass.ts'

export const offlinePass: CasePass<'offline'> = {
  measure: (context, runCase, { images: asked }) =>
    withWarmedCase(context, runCase, async (worker) => {
      const minimumQueries = Math.ceil(asked / context.batchSize)
      context.observer.stageReached('measure', runCase.caseKey, `Offline: ${asked} images, back to back`)
      const done = await worker.request('sustain', { durationMs: 0, minimumQueries }, context.signal)
      const images = done.queries * context.batchSize
      const wallMs = (done.endedAtNs - done.startedAtNs) / 1e6
      return { offline: { images, wallMs, imagesPerSecond: (1000 * images) / wallMs } }
    }),
}
