// Runs the cases of one group to their end states: memory pass, then launches. Order, rounds and budgets are decided
// here; the timed loop is the worker's. Cancelling and a full disk are thrown to the run,
// when every worker is gone; the run ends the cases that were going. Does not summarise and does not write.
import type { CaseTrial } from './case-trial.ts'
import type { GroupContext } from './group-context.ts'
import { runLaunch } from './launch.ts'
import { canBeCoResident, fitsOnGpu, memoryPass } from './memory-pass.ts'

export interface GroupOutcome {
  /** False where cases took turns because memory could not hold all. */
  readonly coResident: boolean
}

export async function executeGroup(context: GroupContext, trials: readonly CaseTrial[]): Promise<GroupOutcome> {
  await memoryPass(context, trials)
  const coResident = canBeCoResident(trials, context.freeMemoryBytes()) && fitsOnGpu(trials, context.gpuMemoryBytes)
  for (let launch = 0; launch < context.rules.launches; launch += 1) {
    context.observer.launchBegun(launch)
    await runLaunch(context, trials, launch, coResident)
  }
  return { coResident }
}
