// Trials of what compares runs and decides: whole runs from a seed, summarised by the code that summarises real ones.
import { choiceOptions } from '../../../shared/domain/decision.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { compareRuns } from '../../../shared/statistics/compare-runs.ts'
import { decide } from '../../../shared/statistics/decide.ts'
import { summarizeGroup } from '../../../shared/statistics/group-summary.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'
import { baseCase } from '../../fixtures/record.ts'

const backends = ['torch-eager', 'onnxruntime', 'onnxruntime-node', 'openvino'] as const

interface SimulatedRun {
  readonly seed: number
  /** Number of candidates, the second of which may be faster. */
  readonly count: number
  readonly launches: number
  /** Standard deviation of the logarithm by which a case's whole launch is off. */
  readonly launchSpread: number
  readonly faster?: number
}

function simulatedRun({ seed, count, launches, launchSpread, faster = 1 }: SimulatedRun): RunRecord {
  const keys = backends.slice(0, count).map((backend) => `${backend}-fp32`)
  const blocks = simulatedBlocks({
    ...{ seed, mediansMs: Object.fromEntries(keys.map((key, index) => [key, index === 1 ? 5 / faster : 5])) },
    ...{ launches, rounds: 4, samplesPerBlock: 20, spread: 0.04, wander: 0.03, wanderMemory: 0.99, launchSpread },
  })
  const record = runOfCases(keys.map((caseKey) => ({ caseKey, p50Ms: 5 })))
  const groups = record.groups.map((group) => {
    const cases = backends.slice(0, count).map((backend) => baseCase(`${backend}-fp32`, backend, 'fp32'))
    const own = { ...group, launches: group.launches?.slice(0, launches), cases }
    return summarizeGroup(own, (key) => blocks.get(key) ?? [], null, 0.02, 3)
  })
  return { ...record, groups }
}

/** Of pairs of runs over five launches, of which the second is slower by this factor: how many show a change of p50. */
export function shareWithChange(trials: number, slower: number): number {
  const design = { count: 2, launches: 5, launchSpread: 0.015 }
  const found = Array.from({ length: trials }, (_, trial) => {
    const first = simulatedRun({ ...design, seed: 2 * trial })
    const second = simulatedRun({ ...design, seed: 2 * trial + 1, faster: 1 / slower })
    return compareRuns([first, second]).rows.some(({ figures }) => {
      const verdict = figures[0]?.changes[1]?.verdict
      return verdict === 'worse' || verdict === 'better'
    })
  })
  return found.filter(Boolean).length / trials
}

interface Trials extends Omit<SimulatedRun, 'seed' | 'launches'> {
  readonly trials: number
}

/** Shares of the picks that are not called a tie, and of those that are also the faster one. */
export function picksWithoutTie({ trials, ...design }: Trials): { readonly untied: number; readonly right: number } {
  const demands = {
    limits: {},
    parity: 'pass',
    withoutPython: false,
    prefer: choiceOptions.prefer.schema.parse(undefined),
  } as const
  const picks = Array.from({ length: trials }, (_, seed) => {
    return decide(simulatedRun({ ...design, seed, launches: 8 }), { ...demands, prefer: [...demands.prefer] })
  })
  const untied = picks.filter(({ tie, recommended }) => tie === null && recommended !== null)
  const right = untied.filter(({ recommended }) => recommended?.entry.caseKey === 'onnxruntime-fp32')
  return { untied: untied.length / trials, right: right.length / trials }
}
