// One launch: a fresh worker for every case, warmed up, then rounds of one block of each in a freshly shuffled order.
// All workers stay resident and only one measures at a time. Where memory cannot hold them, cases take turns: each has
// its rounds to itself. In the last launch outputs are written afterwards, outside any timed loop.
// Whatever happens, no worker is left when this returns.
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { shuffledOrder } from '../../shared/planning/shuffled-order.ts'
import { addRounds } from './added-rounds.ts'
import { caseStep } from './case-step.ts'
import type { CaseTrial } from './case-trial.ts'
import type { GroupContext } from './group-context.ts'
import { type BlockPlace, measuredBlock } from './measured-block.ts'
import { openCase, type ResidentCase, warmUpCase } from './resident-case.ts'
import type { MeasuredBlock } from './round-flags.ts'

export async function runLaunch(
  context: GroupContext,
  trials: readonly CaseTrial[],
  launch: number,
  coResident: boolean,
): Promise<void> {
  const going = trials.filter((trial) => trial.isGoing)
  if (coResident) return runTogether(context, going, launch)
  for (const trial of shuffledOrder(going, [context.seed, launch])) await runTogether(context, [trial], launch)
}

async function runTogether(context: GroupContext, trials: readonly CaseTrial[], launch: number): Promise<void> {
  const residents: ResidentCase[] = []
  try {
    for (const trial of trials) {
      const resident = await caseStep(context, trial, 'spawn', () => openCase(context, trial))
      if (resident !== null) residents.push(resident)
    }
    for (const resident of residents) {
      await caseStep(context, resident.trial, 'warmup', () => warmUpCase(context, resident))
      // One that failed would lie beside the others with its memory while they are timed.
      if (!resident.trial.isGoing) await resident.worker.close()
    }
    context.observer.stageReached('measure', null, 'Measuring')
    const roundOf = (round: number) => runRound(context, residents, launch, round)
    for (let round = 0; round < context.rules.rounds; round += 1) await roundOf(round)
    await addRounds(context, trials, launch, roundOf)
    await context.flags.launchEnded(context.signal)
    if (launch === context.rules.launches - 1) await writeOutputs(context, residents)
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
  const order = shuffledOrder(residents, [context.seed, launch, round]).filter(({ trial }) => trial.isGoing)
  if (order.length === 0) return
  const measured: MeasuredBlock[] = []
  for (const [orderInRound, resident] of order.entries()) {
    const place = { launch, round, block: resident.trial.blockCount, orderInRound }
    const block = await caseStep(context, resident.trial, 'measure', () => measure(context, resident, place))
    if (block !== null) measured.push({ trial: resident.trial, workerPid: resident.worker.pid, block })
    if (!resident.trial.isGoing) await resident.worker.close()
  }
  context.observer.roundCompleted(launch, round, (context.nowNs() - startedAtNs) / 1e6)
  await context.flags.roundEnded(measured)
}

async function measure(
  context: GroupContext,
  { trial, worker }: ResidentCase,
  place: BlockPlace,
): Promise<SampleBlock> {
  const message = await worker.request('measure-block', context.rules.block, context.signal)
  const block = measuredBlock(message, place, context.runStartedAtNs)
  await context.observer.blockMeasured(trial, block)
  trial.keep(block)
  return block
}

async function writeOutputs(context: GroupContext, residents: readonly ResidentCase[]): Promise<void> {
  for (const { trial, worker } of residents) {
    if (!trial.isGoing) continue
    context.observer.stageReached('parity', trial.caseKey, 'Writing outputs to compare')
    await caseStep(context, trial, 'parity', async () => {
      trial.outputs = (
        await worker.request('write-outputs', { folder: context.outputsFolderOf(trial) }, context.signal)
      ).outputs
    })
  }
}
