// Time from a new process to its first answer: N fresh workers, each timed from its start request. The workers report
// what was warm by then (files, compile caches).

import { measured } from '../../../shared/domain/figure.ts'
import { type ColdLaunch, type ColdStart, toFirstAnswerMs } from '../../../shared/passes/cold-start.ts'
import { median } from '../../../shared/statistics/descriptive.ts'
import { percentileInterval } from '../../../shared/statistics/order-statistic.ts'
import { openWorker } from '../group/case-steps.ts'
import type { RunCase } from '../group/run-case.ts'
import type { CasePass, PassContext } from './case-pass.ts'

export const coldStartPass: CasePass<'coldStart'> = {
  async measure(context, runCase, { launches: asked }) {
    const launches: ColdLaunch[] = []
    const caches = new Set<string>()
    while (launches.length < asked) {
      context.observer.stageReached('cold-start', runCase.caseKey, `Cold start ${launches.length + 1} of ${asked}`)
      const launch = await coldLaunch(context, runCase)
      launches.push(launch.parts)
      for (const sentence of launch.caches) caches.add(sentence)
    }
    return { coldStart: summarized(launches, [...caches]) }
  },
}

async function coldLaunch(
  context: PassContext,
  runCase: RunCase,
): Promise<{ readonly parts: ColdLaunch; readonly caches: readonly string[] }> {
  const askedAtNs = context.nowNs()
  const worker = await openWorker(context, runCase)
  try {
    const spawnMs = (context.nowNs() - askedAtNs) / 1e6
    const told = await worker.request('cold-start', { case: context.workerCaseOf(runCase) }, context.signal)
    const { importMs, contextMs, loadMs, firstQueryMs, secondQueryMs, caches } = told
    return { parts: { spawnMs, importMs, contextMs, loadMs, firstQueryMs, secondQueryMs }, caches }
  } finally {
    await worker.close()
  }
}

function summarized(launches: ColdLaunch[], caches: readonly string[]): ColdStart {
  const totals = Float64Array.from(launches.map(toFirstAnswerMs)).sort()
  const whole = measured(median([...totals]), percentileInterval(totals, 0.5, 0.95))
  return { launches, toFirstAnswerMs: whole, caches: [...caches] }
}
