// One launch: a fresh worker for every case, started and warmed up in an order that is balanced over launches, then
// rounds of one block of each in a newly shuffled order. All workers stay resident and only one measures at a time. If
// they do not fit in memory, cases take turns: each runs all its rounds before the next. In the first launch outputs are
// written afterwards, outside any timed loop, and parity is judged before anything else is. Whatever happens, no worker is
// left when this returns.

import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { GroupStop } from '../../../shared/domain/run.ts'
import type { SampleBlock } from '../../../shared/domain/sample-block.ts'
import { blockDurationMs } from '../../../shared/planning/estimate-plan.ts'
import { leadSampleCount } from '../../../shared/planning/protocol.ts'
import { launchOrder, shuffledOrder } from '../../../shared/planning/shuffled-order.ts'
import { mean } from '../../../shared/statistics/descriptive.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { caseStep, type GroupContext, openCase, type ResidentCase, warmUpCase } from './case-steps.ts'
import { judgeProgress } from './launch-judgement.ts'
import type { BlockOfRound } from './round-flags.ts'
import type { RunCase } from './run-case.ts'

/**
 * One launch after another, until every comparison is decided or the budget ends.
 * @param compareOutputs what the first launch wrote; null where an earlier session did.
 * @returns why there is no further launch; null if no case is left to measure.
 */
export async function runLaunches(
  context: GroupContext,
  runCases: readonly RunCase[],
  coResident: boolean,
  compareOutputs: (() => Promise<void>) | null,
): Promise<GroupStop | null> {
  const { design, observer, nowNs } = context
  const laterMs: number[] = []
  let elapsedMs = 0
  for (let launch = design.firstLaunch; ; launch += 1) {
    observer.launchBegun(launch)
    const launchAtNs = nowNs()
    await runLaunch(context, runCases, launch, coResident)
    const launchMs = (nowNs() - launchAtNs) / 1e6
    // Comparing outputs takes nothing from the time for launches.
    elapsedMs += launchMs
    // The first launch warms up for longer than those that follow.
    if (launch > design.firstLaunch) laterMs.push(launchMs)
    if (launch === design.firstLaunch) await compareOutputs?.()
    const going = runCases.filter(({ isGoing }) => isGoing)
    // Where a group is continued, the first failure ends it: what was measured before stays as it was.
    if (design.firstLaunch === 0 ? going.length === 0 : going.length < runCases.length) return null
    const judged = judgeProgress(context, runCases, {
      done: launch + 1,
      ofSession: launch + 1 - design.firstLaunch,
      elapsedMs,
      nextMs: laterMs.length === 0 ? design.rounds.launchMs : mean(laterMs),
    })
    await observer.launchCompleted(launch, judged)
    if (judged.stopped !== null) return judged.stopped
  }
}

/** Reports what is known of the launch when it ends, also if it is cut short. */
async function runLaunch(
  context: GroupContext,
  runCases: readonly RunCase[],
  launch: number,
  coResident: boolean,
): Promise<void> {
  const facts: LaunchFacts = { order: [], startMs: {}, hugePageBytes: {} }
  const startedAtMs = sinceStartMs(context)
  const going = launchOrder(context.seed, launch, runCases).filter((runCase) => runCase.isGoing)
  try {
    for (const together of coResident ? [going] : going.map((runCase) => [runCase])) {
      await runTogether(context, together, { launch, turns: coResident ? 1 : going.length }, facts)
    }
  } finally {
    context.observer.launchEnded({ ...facts, startedAtMs, endedAtMs: sinceStartMs(context) })
  }
}

function sinceStartMs({ nowNs, runStartedAtNs }: GroupContext): number {
  return (nowNs() - runStartedAtNs) / 1e6
}

interface LaunchFacts {
  readonly order: string[]
  readonly startMs: Record<string, number>
  readonly hugePageBytes: Record<string, number | null>
}

async function runTogether(
  context: GroupContext,
  runCases: readonly RunCase[],
  { launch, turns }: { readonly launch: number; readonly turns: number },
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
    const rounds = roundsAfterStart(context, residents, turns, facts)
    context.observer.stageReached('measure', null, 'Measuring')
    for (let round = 0; round < rounds; round += 1) await runRound(context, residents, { launch, round, rounds })
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

/** @param turns into which the launch is divided, of about the same cost; 1 if all cases are resident. */
function roundsAfterStart(
  { design, rules }: GroupContext,
  residents: readonly ResidentCase[],
  turns: number,
  { startMs }: LaunchFacts,
): number {
  const going = residents.filter(({ runCase }) => runCase.isGoing)
  const cost = { startMs: 0, roundMs: 0 }
  for (const { runCase } of going) {
    const { iterations = 0, elapsedMs = 0, settledMs } = runCase.steadiness.at(-1) ?? {}
    const laterWarmupMs = Math.max(rules.warmup.minimumMs, settledMs ?? elapsedMs)
    cost.startMs += turns * ((startMs[runCase.caseKey] ?? 0) + laterWarmupMs)
    cost.roundMs += turns * blockDurationMs(rules.block, elapsedMs / Math.max(1, iterations))
  }
  return design.rounds.choose(cost, design.budget(Math.max(0, turns * going.length - 1)))
}

async function runRound(
  context: GroupContext,
  residents: readonly ResidentCase[],
  { launch, round, rounds }: { readonly launch: number; readonly round: number; readonly rounds: number },
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
  context.observer.roundCompleted({ launch, round, rounds }, (context.nowNs() - startedAtNs) / 1e6)
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
