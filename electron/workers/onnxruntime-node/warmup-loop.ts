// Runs queries until they take as long as they will: at least the asked iterations and time, then until steady or the
// cap. Never longer than the cap plus one query. The samples are thrown away.
import type { RequestParameters, RequestResult } from '../../../shared/worker-protocol/requests.ts'
import type { Query } from './loops.ts'
import { judgeSteadiness } from './steady-state.ts'

export type WarmupRule = RequestParameters<'warmup'>
export type Steadiness = RequestResult<'warmup'>['steadiness']

const judgedEvery = 10
const keptSamples = 100

/** @returns null when it was cancelled between two queries. */
export async function warmUp(query: Query, rule: WarmupRule, isCancelled: () => boolean): Promise<Steadiness | null> {
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  let iterations = 0
  for (;;) {
    const before = performance.now()
    await query()
    const elapsedMs = performance.now() - startedAt
    latenciesMs.push(performance.now() - before)
    if (latenciesMs.length > keptSamples) latenciesMs.shift()
    iterations++
    if (isCancelled()) return null
    const enough = iterations >= rule.minimumIterations && elapsedMs >= rule.minimumMs
    const atCap = elapsedMs >= rule.capMs
    if (!atCap && !(enough && iterations % judgedEvery === 0)) continue
    const verdict = judgeSteadiness(latenciesMs)
    if (verdict?.steady) return { verdict: 'steady', iterations, elapsedMs, reason: verdict.reason }
    if (!atCap) continue
    if (verdict) return { verdict: 'no-steady-state', iterations, elapsedMs, reason: verdict.reason }
    const reason = `only ${iterations} queries fit the warm-up, too few to judge`
    return { verdict: 'not-checked', iterations, elapsedMs, reason }
  }
}
