import { resolve } from 'node:path'
import { z } from 'zod'
import { isTuned } from '../../shared/domain/backend-measuring.ts'
import { deviceKindOf } from '../../shared/domain/device.ts'
import type { Option } from '../../shared/domain/option.ts'
import { type SweepPlan, type SweepPoint, type SweepRecord, sweepPlanSchema } from '../../shared/domain/sweep.ts'
import { badgeWords } from '../../shared/report/case-words.ts'
import { seriesName } from '../../shared/report/sweep-report.ts'
import type { SweepEvent } from '../sweeps/sweep-service.ts'
import {
  type CommandContext,
  defineCommand,
  faultsOfCheck,
  finishedUnlessCancelled,
  jsonOption,
  type ProgressKind,
  progressOption,
  refusalOf,
  type Typed,
} from './command.ts'
import { exitCodeOfSweep } from './exit-code.ts'
import { bytesFigureText, figureText } from './figure-text.ts'
import {
  canPlan,
  neededModel,
  type PlanDefaults,
  planDefaults,
  planMisfits,
  plannedInputs,
  planOptions,
} from './plan-options.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

export const sweepOptions = {
  ...planOptions,
  batch: {
    flag: 'batch',
    valueName: 'sizes',
    schema: sweepPlanSchema.shape.batchSizes.default([1, 2, 4, 8, 16]),
    description: 'Batch sizes',
  },
  streams: {
    flag: 'streams',
    valueName: 'counts',
    schema: sweepPlanSchema.shape.streams.default([1]),
    description: 'Numbers of workers that compute at the same time, e.g. 1,2',
  },
  point: {
    flag: 'point',
    valueName: 'seconds',
    schema: sweepPlanSchema.shape.pointMs.default(2000),
    unitFactor: 1000,
    description: 'How long to measure each point',
  },
  threads: { ...planOptions.threads, description: 'Threads of all streams together' },
  seed: { ...planOptions.seed, description: 'Generates seeded weights' },
  out: {
    flag: 'out',
    valueName: 'folder',
    schema: z.string().optional(),
    description: 'Folder for sweep.json and sweep.md: new or empty',
    defaultText: 'a folder with the other sweeps',
  },
  progress: progressOption,
  json: jsonOption,
} as const satisfies Readonly<Record<string, Option>>

/** Finds the batch beyond which throughput stops growing, and the batches that do not fit. */
export const sweepCommand = defineCommand({
  usage: 'sweep',
  description: 'Measure batch sizes and streams briefly: where throughput stops growing, and what does not fit',
  options: sweepOptions,
  examples: ['enginebench sweep --model clip-vit-b32 --backends onnxruntime:fp32 --batch 1,2,4,8 --streams 1,2'],
  misfits: (typed) => neededModel(typed, 'sweep'),
  async furtherFaults(context) {
    return canPlan(context) ? faultsOfCheck(async () => (await checkedPlan(context)).faults) : []
  },
  async run(context) {
    const { services, terminal, values, signal } = context
    const { plan, faults } = await checkedPlan(context)
    if (faults.length > 0) throw refusalOf(faults, 'sweep')
    signal.throwIfAborted()
    const folder = values.out === undefined ? null : resolve(values.out)
    const started = await services.sweeps.start(plan, folder, sweepWriter(values.progress, terminal))
    const record = await finishedUnlessCancelled(started, signal)
    terminal.result(values.json ? JSON.stringify(record, null, 2) : sweepText(record, terminal))
    if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
    return exitCodeOfSweep(record)
  },
})

async function checkedPlan(context: CommandContext<typeof sweepOptions>) {
  const plan = sweepPlanFrom(context, await planDefaults(context))
  return { plan, faults: await planMisfits(context, plan, context.services) }
}

/** A sweep takes no tuned candidate, so none joins one by default. */
function asShipped(defaults: PlanDefaults): PlanDefaults {
  const { artifact } = defaults
  const shipped = (candidates: PlanDefaults['candidates']) => candidates.filter((candidate) => !isTuned(candidate))
  return {
    ...defaults,
    candidates: shipped(defaults.candidates),
    ...(artifact ? { artifact: { ...artifact, candidates: shipped(artifact.candidates) } } : {}),
  }
}

export function sweepPlanFrom(typed: Pick<Typed<typeof sweepOptions>, 'values'>, defaults: PlanDefaults): SweepPlan {
  const { batch, streams, point } = typed.values
  return {
    ...plannedInputs(typed, asShipped(defaults)),
    batchSizes: ascending(batch),
    streams: ascending(streams),
    pointMs: point,
  }
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((left, right) => left - right)
}

/** On stderr: JSON lines for machines, one line per point for people. */
function sweepWriter(kind: ProgressKind, terminal: Terminal): (event: SweepEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (event) => terminal.note(JSON.stringify(event))
  return (event) => {
    switch (event.kind) {
      case 'sweep-started':
        terminal.note(`${event.sweepId}: ${event.points} points`)
        return
      case 'point-started':
        terminal.status(`${seriesName(event.point)}, batch ${event.point.batchSize}`)
        return
      case 'point-ended':
        terminal.note(pointText(event.point))
        return
      case 'sweep-ended':
        terminal.note(`${event.record.sweepId}: ${event.record.state}`)
        return
    }
  }
}

function pointText(point: SweepPoint): string {
  const { batchSize, state, reason, imagesPerSecond, latencyMs } = point
  const outcome =
    state === 'measured'
      ? `${figureText(imagesPerSecond, 'images/s')}, ${figureText(latencyMs, 'ms')}`
      : `${state}: ${reason ?? ''}`
  return `${seriesName(point)}, batch ${batchSize}: ${outcome}`
}

/** A row per point, then where each series stops growing. The record holds more. */
export function sweepText(record: SweepRecord, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const { modelName, state, simulated, weights, plan, points, knees, notes } = record
  const columns = [
    { title: 'Series' },
    { title: 'batch', align: 'right' },
    { title: 'median', align: 'right' },
    { title: 'images/s', align: 'right' },
    { title: deviceKindOf(plan.device) === 'cuda' ? 'allocator peak' : 'process memory (RSS)', align: 'right' },
    { title: '' },
  ] as const
  const lines = knees.map((knee) => `${seriesName(knee)}: knee at batch ${knee.batchSize}: ${knee.reason}`)
  return [
    [
      ...[modelName, 'sweep', state],
      ...(simulated ? ['SIMULATED'] : []),
      ...(weights === 'seeded' ? [badgeWords['seeded-weights']] : []),
    ].join(' · '),
    textTable(columns, points.map(rowOf), terminal),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    ...notes,
  ].join('\n\n')
}

function rowOf(point: SweepPoint): readonly string[] {
  return [
    seriesName(point),
    String(point.batchSize),
    figureText(point.latencyMs, 'ms'),
    figureText(point.imagesPerSecond, ''),
    bytesFigureText(point.memoryBytes),
    point.state === 'measured' ? '' : `${point.state}: ${point.reason ?? ''}`,
  ]
}
