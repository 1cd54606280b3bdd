// Energy of one image on a GPU: one long block without a pause, the board's counter read meanwhile; before it the same
// board with the case loaded but idle, so that a second figure can leave that out. On a CPU it is not measured.
import { measured, missing, type NotMeasured } from '../../../shared/domain/figure.ts'
import type { PassResults } from '../../../shared/domain/run.ts'
import { energyRest } from '../../../shared/planning/protocol.ts'
import type { CaseTrial } from '../group/run-case.ts'
import { averageWatts, foreignProcesses, type Span } from './block-energy.ts'
import type { CasePass, PassContext } from './case-pass.ts'
import { withWarmedCase } from './warmed-case.ts'

/** A last sample is due this soon after a block. */
const lateSampleMs = 1500
const board = 'the GPU board, not the wall'

export const energyPass: CasePass = {
  field: 'energy',
  stage: 'energy',
  isAsked: ({ energy }) => energy !== undefined,
  async measure(context, trial) {
    if (!context.onGpu)
      return { notMeasured: 'Energy is measured on a GPU alone: no counter of a processor’s can be read here.' }
    if (trial.candidate.backend === 'simulated')
      return { notMeasured: 'A simulated case computes nothing, so it uses no energy.' }
    return withWarmedCase(context, trial, async (worker) => {
      const idle = await idleSpan(context, trial)
      const durationMs = context.passes.energy?.blockMs ?? 0
      context.observer.stageReached(
        'energy',
        trial.caseKey,
        `Energy: ${Math.round(durationMs / 1000)} s without a pause`,
      )
      const done = await worker.request('sustain', { durationMs, minimumQueries: 1 }, context.signal)
      const block = spanOf(context, done.startedAtNs, done.endedAtNs)
      await context.sampler.caughtUp(block.endedAtMs, lateSampleMs, context.signal)
      return energyOf(context, idle, block, done.queries * context.batchSize)
    })
  },
}

async function idleSpan(context: PassContext, trial: CaseTrial): Promise<Span> {
  context.observer.stageReached('energy', trial.caseKey, 'Energy: the board at rest, with the model loaded')
  const fromNs = context.nowNs() + energyRest.settleMs * 1e6
  const { endedAtMs } = spanOf(context, fromNs, fromNs + energyRest.idleMs * 1e6)
  await context.sampler.caughtUp(endedAtMs, energyRest.settleMs + energyRest.idleMs + lateSampleMs, context.signal)
  return spanOf(context, fromNs, context.nowNs())
}

function energyOf(context: PassContext, idle: Span, block: Span, images: number): PassResults | NotMeasured {
  const samples = context.sampler.between(idle.startedAtMs, block.endedAtMs)
  const watts = averageWatts(samples, block)
  if (typeof watts !== 'number') return watts
  const idleWatts = averageWatts(samples, idle)
  const blockMs = block.endedAtMs - block.startedAtMs
  const joulesPerImage = (power: number) => (power * blockMs) / 1000 / images
  return {
    energyJoulesPerImage: measured(joulesPerImage(watts)),
    energy: {
      netJoulesPerImage:
        typeof idleWatts === 'number' ? measured(joulesPerImage(watts - idleWatts)) : missing(idleWatts.notMeasured),
      blockMs,
      images,
      averageWatts: watts,
      idleWatts: typeof idleWatts === 'number' ? idleWatts : null,
      boundary: boundaryOf(foreignProcesses(samples, { ...idle, endedAtMs: block.endedAtMs })),
    },
  }
}

function boundaryOf(others: readonly number[] | null): string {
  if (others === null) return `${board}; whether other processes used it cannot be told here`
  if (others.length === 0) return board
  return `${board}; other processes (${others.join(', ')}) used it too, and are in the figure`
}

function spanOf(context: PassContext, startedAtNs: number, endedAtNs: number): Span {
  return {
    startedAtMs: (startedAtNs - context.runStartedAtNs) / 1e6,
    endedAtMs: (endedAtNs - context.runStartedAtNs) / 1e6,
  }
}
