// Energy of one image on a GPU: one long block without a pause while the board's counter is read; before it, the same
// board with the case loaded but idle, for a second figure without the idle power.
import { isMeasured, measured, missing, type NotMeasured } from '../../../shared/domain/figure.ts'
import type { MachineSample } from '../../../shared/domain/machine-sample.ts'
import { energyRest } from '../../../shared/passes/energy.ts'
import type { PassResults } from '../../../shared/passes/index.ts'
import { energyBetween } from '../../../shared/sampling/energy-between.ts'
import type { RunCase } from '../group/run-case.ts'
import { type CasePass, type PassContext, withWarmedCase } from './case-pass.ts'

/** The last sample is due this soon after a block. */
const lateSampleMs = 1500
const board = 'the GPU board, not the wall'

export const energyPass: CasePass<'energy'> = {
  measure: (context, runCase, { blockMs: durationMs }) =>
    withWarmedCase(context, runCase, async (worker) => {
      const idle = await idleSpan(context, runCase)
      context.observer.stageReached(
        'energy',
        runCase.caseKey,
        `Energy: ${Math.round(durationMs / 1000)} s without a pause`,
      )
      const done = await worker.request('sustain', { durationMs, minimumQueries: 1 }, context.signal)
      const block = spanOf(context, done.startedAtNs, done.endedAtNs)
      await context.sampler.caughtUp(block.endedAtMs, lateSampleMs, context.signal)
      return energyOf(context, idle, block, done.queries * context.batchSize)
    }),
}

async function idleSpan(context: PassContext, runCase: RunCase): Promise<Span> {
  context.observer.stageReached('energy', runCase.caseKey, 'Energy: the board at rest, with the model loaded')
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

export interface Span {
  /** Ms from the run's start. */
  readonly startedAtMs: number
  readonly endedAtMs: number
}

/** Longest time without a reading: two readings and a margin. */
const longestUnreadMs = 2500

/**
 * Watts over one span, between the first and the last reading of the board's counter inside it, or why they do not
 * suffice. The counter is read about once a second, so a block has many readings; if readings are missing at either
 * end, there is no figure.
 */
export function averageWatts(
  samples: readonly MachineSample[],
  { startedAtMs, endedAtMs }: Span,
): number | NotMeasured {
  const readings = samples
    .filter(({ atMs }) => atMs >= startedAtMs && atMs <= endedAtMs)
    .flatMap(({ atMs, gpu }) => (typeof gpu?.energyJoules === 'number' ? [{ atMs, joules: gpu.energyJoules }] : []))
  const [first] = readings
  const last = readings.at(-1)
  if (first === undefined || last === undefined || last.atMs === first.atMs) return { notMeasured: noReadings(samples) }
  const unreadMs = Math.max(first.atMs - startedAtMs, endedAtMs - last.atMs)
  if (unreadMs > longestUnreadMs)
    return { notMeasured: `The energy counter was not read for ${(unreadMs / 1000).toFixed(1)} s of the block.` }
  let joules = 0
  for (const [index, { joules: after }] of readings.entries()) {
    const used = energyBetween(readings[Math.max(0, index - 1)]?.joules ?? null, after)
    if (!isMeasured(used)) return { notMeasured: used.reason }
    joules += used.value
  }
  return (1000 * joules) / (last.atMs - first.atMs)
}

/** Other processes that computed on the GPU at any time during the span; null if unknown. */
export function foreignProcesses(samples: readonly MachineSample[], { startedAtMs, endedAtMs }: Span): number[] | null {
  const within = samples.filter(({ atMs }) => atMs >= startedAtMs && atMs <= endedAtMs)
  const told = within.flatMap(({ gpu }) => (gpu?.foreignProcesses ? [gpu.foreignProcesses] : []))
  return told.length === 0 ? null : [...new Set(told.flat())]
}

function noReadings(samples: readonly MachineSample[]): string {
  if (samples.length === 0) return 'The machine was not sampled meanwhile, so its energy counter was not read.'
  if (samples.every(({ gpu }) => (gpu ?? null) === null)) return 'No GPU could be sampled here.'
  return 'The energy counter of this GPU was not read twice meanwhile: it has none, or the block was too short.'
}
