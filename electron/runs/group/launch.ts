// One launch: a fresh worker for every case, started and warmed up in an order that is balanced over launches, then
// rounds of one block of each in a newly shuffled order. All workers stay resident and only one measures at a time. If
// they do not fit in memory, cases take turns: each runs all its rounds before the next. In the first launch outputs are
// written afterwards, outside any timed loop. Whatever happens, no worker is left when this returns.

import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { WidthRule } from '../../../shared/domain/plan.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { leadSampleCount } from '../../../shared/planning/protocol.ts'
import { launchOrder, shuffledOrder } from '../../../shared/planning/shuffled-order.ts'
import {
  type LaunchBlocks,
  roundsUntilNextLook,
  wantsMoreRounds,
  widestHalfWidth,
} from '../../../shared/planning/width-rule.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { caseStep, type GroupContext, openCase, type ResidentCase, warmUpCase } from './case-steps.ts'
import type { BlockOfRound } from './round-flags.ts'
import type { RunCase } from './run-case.ts'

/** Reports what is known of the launch when it ends, also if it is cut short. */
export async function runLaunch(
  context: GroupContext,
  runCases: readonly RunCase[],
  launch: number,
  coResident: boolean,
): Promise<void> {
  const facts: LaunchFacts = { order: [], startMs: {}, hugePageBytes: {} }
  const going = launchOrder(context.seed, launch, runCases).filter((runCase) => runCase.isGoing)
  try {
    for (const together of coResident ? [going] : going.map((runCase) => [runCase])) {
      await runTogether(context, together, launch, facts)
    }
  } finally {
    context.observer.launchEnded({ ...facts, endedAtMs: (context.nowNs() - context.runStartedAtNs) / 1e6 })
  }
}

interface LaunchFacts {
  readonly order: string[]
  readonly startMs: Record<string, number>
  readonly hugePageBytes: Record<string, number | null>
}

async function runTogether(
  context: GroupContext,
  runCases: readonly RunCase[],
  launch: number,
  facts: LaunchFacts,
): Promise<void> {
  const residents: ResidentCase[] = []
  try {
    for (const runCase of runCases) {
      const startedAtNs = context.nowNs()
      facts.order.push(runCase.caseKey)
      const resident = await caseStep(context, runCase, 'spawn', () => openCase(context, runCase))
      if (resident === null) continue
      facts.startMs[runCase.caseKey] = (context.nowNs() - startedAtNs) / 1e6
      residents.push(resident)
    }
    for (const resident of residents) {
      await caseStep(context, resident.runCase, 'warmup', () => warmUpCase(context, resident))
      // A failed case would keep its memory while the others are timed.
      if (!resident.runCase.isGoing) await resident.worker.close()
    }
    context.observer.stageReached('measure', null, 'Measuring')
    const roundOf = (round: number) => runRound(context, residents, launch, round)
    for (let round = 0; round < context.rules.rounds; round += 1) await roundOf(round)
    await addRounds(context, runCases, launch, roundOf)
    for (const { runCase, worker } of residents) {
      if (!runCase.isGoing) continue
      facts.hugePageBytes[runCase.caseKey] = worker.pid === null ? null : context.hugePageBytes(worker.pid)
    }
    await context.flags.launchEnded(context.signal)
    if (launch === 0) await writeOutputs(context, residents)
  } finally {
    await Promise.all(residents.map((resident) => resident.worker.close()))
  }
}

async function runRound(
  context: GroupContext,
  residents: readonly ResidentCase[],
  launch: number,
  round: number,
): Promise<void> {
  const startedAtNs = context.nowNs()
  const order = shuffledOrder(residents, [context.seed, launch, round]).filter(({ runCase }) => runCase.isGoing)
  if (order.length === 0) return
  const measured: BlockOfRound[] = []
  for (const [orderInRound, resident] of order.entries()) {
    const place = { launch, round, block: resident.runCase.blockCount, orderInRound }
    const block = await caseStep(context, resident.runCase, 'measure', () => measure(context, resident, place))
    if (block !== null) measured.push({ runCase: resident.runCase, workerPid: resident.worker.pid, block })
    if (!resident.runCase.isGoing) await resident.worker.close()
  }
  context.observer.roundCompleted(launch, round, (context.nowNs() - startedAtNs) / 1e6)
  await context.flags.roundEnded(measured)
}

async function measure(
  context: GroupContext,
  { runCase, worker }: ResidentCase,
  place: BlockPlace,
): Promise<SampleBlock> {
  const message = await worker.request('measure-block', context.rules.block, context.signal)
  const block = measuredBlock(message, place, context.runStartedAtNs)
  await context.observer.blockMeasured(runCase, block)
  runCase.keep(block)
  return block
}

async function writeOutputs(context: GroupContext, residents: readonly ResidentCase[]): Promise<void> {
  for (const { runCase, worker } of residents) {
    if (!runCase.isGoing) continue
    context.observer.stageReached('parity', runCase.caseKey, 'Writing outputs to compare')
    await caseStep(context, runCase, 'parity', async () => {
      runCase.outputs = (
        await worker.request('write-outputs', { folder: context.outputsFolderOf(runCase) }, context.signal)
      ).outputs
    })
  }
}

/** A block that lasts this much longer than its samples contains a pause: the machine slept. */
const suspendedNs = 2e9

interface BlockPlace {
  readonly launch: number
  readonly round: number
  readonly block: number
  readonly orderInRound: number
}

/** A worker's block as it is recorded: on the run's own time, with its lead samples counted and its flags set. */
export function measuredBlock(
  message: RequestResult<'measure-block'>,
  place: BlockPlace,
  runStartedAtNs: number,
): SampleBlock {
  const startedAtNs = message.startedAtNs - runStartedAtNs
  const endedAtNs = message.endedAtNs - runStartedAtNs
  if (startedAtNs < 0 || endedAtNs < startedAtNs) {
    throw new BenchError({
      code: 'invalid-samples',
      stage: 'measure',
      message: 'The worker reported impossible times: it does not read the clock of this run.',
      remedy: 'Run again; if it happens again, report the backend and its version.',
      cause: `block from ${message.startedAtNs} to ${message.endedAtNs}, run from ${runStartedAtNs}`,
    })
  }
  const sampledNs = message.latenciesMs.reduce((sum, latencyMs) => sum + latencyMs, 0) * 1e6
  return {
    ...place,
    startedAtNs,
    endedAtNs,
    leadSamples: leadSampleCount(message.latenciesMs.length),
    flags: endedAtNs - startedAtNs - sampledNs > suspendedNs ? ['suspended'] : [],
    latenciesMs: message.latenciesMs,
  }
}

type ComparedCase = Pick<RunCase, 'caseKey' | 'medianBlocks' | 'isGoing' | 'state'>

/**
 * Adds rounds to a launch by the plan's width rule. If cases take turns, nothing can be compared within a launch, so no
 * round is added.
 */
async function addRounds(
  context: Pick<GroupContext, 'widthRule' | 'rules' | 'nowNs' | 'signal' | 'observer'>,
  runCases: readonly ComparedCase[],
  launch: number,
  runRound: (round: number) => Promise<void>,
): Promise<void> {
  const { widthRule: rule, rules, nowNs, observer } = context
  if (rule === null) return
  const startedAtNs = nowNs()
  const wantsMore = (rounds: number) => {
    const spent = { elapsedMs: (nowNs() - startedAtNs) / 1e6, budgetMs: rule.budgetMs }
    return wantsMoreRounds(rule, rounds, spent, launchBlocks(runCases, rule.baseline, launch))
  }
  let rounds = rules.rounds
  while (wantsMore(rounds)) {
    if (rounds === rules.rounds) observer.stageReached('measure', null, 'Adding rounds until intervals are narrow')
    const next = rounds + roundsUntilNextLook(rounds)
    for (; rounds < next; rounds += 1) await runRound(rounds)
  }
}

/** A failed case is not compared. */
function launchBlocks(runCases: readonly ComparedCase[], baseline: string, launch: number): LaunchBlocks {
  const sound = runCases.filter(({ isGoing, state }) => isGoing || state === 'completed')
  const blocksOf = ({ medianBlocks }: ComparedCase) => medianBlocks.filter((block) => block.launch === launch)
  const reference = sound.find(({ caseKey }) => caseKey === baseline)
  if (reference === undefined) return { baseline: [], candidates: [] }
  return { baseline: blocksOf(reference), candidates: sound.filter((runCase) => runCase !== reference).map(blocksOf) }
}

/** Rounds added to each launch that began. */
export function addedRounds(
  runCases: readonly Pick<RunCase, 'medianBlocks'>[],
  { launches, rounds }: { readonly launches: number; readonly rounds: number },
): number[] {
  const blocks = runCases.flatMap((runCase) => runCase.medianBlocks)
  return Array.from({ length: launches }, (_, launch) =>
    blocks.reduce((most, block) => (block.launch === launch ? Math.max(most, block.round + 1 - rounds) : most), 0),
  )
}

/** What the width rule did, in one sentence. */
export function addedRoundsNote(
  { halfWidth, budgetMs }: WidthRule,
  added: readonly number[],
  runCases: readonly ComparedCase[],
  baseline: string,
): string {
  const launches = added.map((_, launch) => launchBlocks(runCases, baseline, launch))
  const narrow = launches.filter((blocks) => widestHalfWidth(blocks) <= halfWidth).length
  const asked = `±${(halfWidth * 100).toFixed(1)} % within ${(budgetMs / 60_000).toFixed(1)} min`
  const rounds =
    added.length === 1 ? `${added[0]} rounds` : `${added.join(', ')} rounds to its ${added.length} launches`
  if (launches.every(({ candidates }) => candidates.length === 0))
    return `the width rule, ${asked}, added ${rounds}; no two cases were left to compare.`
  const reached =
    added.length === 1
      ? `every interval is that narrow: ${narrow === 1 ? 'yes' : 'no'}`
      : `every interval is that narrow in ${narrow} of them`
  return `the width rule, ${asked}, added ${rounds}; ${reached}.`
}
