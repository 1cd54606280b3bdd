import { resolve } from 'node:path'
import type { SweepPlan } from '../../shared/domain/sweep.ts'
import { type CliCommand, jsonOption } from './command.ts'
import { exitCodeOfSweep } from './exit-code.ts'
import {
  choiceOption,
  integerValue,
  listOption,
  numberOption,
  type Options,
  switchOption,
  textOption,
} from './option-value.ts'
import { planDefaults } from './plan-defaults.ts'
import { type PlanDefaults, planFromOptions } from './plan-options.ts'
import { progressKinds } from './run-progress.ts'
import { sweepWriter } from './sweep-progress.ts'
import { sweepText } from './sweep-table.ts'

const defaultBatches = [1, 2, 4, 8, 16]
const defaultPointS = 2

/** Finds the batch beyond which throughput stops growing, and what does not fit. */
export const sweepCommand: CliCommand = {
  usage: 'sweep',
  description: 'Measure batch × streams briefly: where throughput stops growing, and what does not fit',
  options: [
    { flags: '--model <id-or-file>', description: 'Model id, or an .onnx file of your own' },
    { flags: '--backends <list>', description: 'BACKEND:PRECISION,…, as torch-eager:fp32,onnxruntime:fp32' },
    { flags: '--artifact <hashes>', description: 'Converted artifacts, on every backend here that reads them' },
    { flags: '--batch <sizes>', description: `Batch sizes; default ${defaultBatches.join(',')}` },
    { flags: '--streams <counts>', description: 'Workers that compute at the same time, as 1,2; default 1' },
    { flags: '--point <seconds>', description: `How long each point is measured, 0.5 to 60; default ${defaultPointS}` },
    { flags: '--images <folder>', description: 'Folder of images; default: those shipped' },
    { flags: '--image-limit <count>', description: 'At most so many images' },
    { flags: '--size <pixels>', description: 'Input size, for models that allow it' },
    { flags: '--weights <choice>', description: 'auto, hub, seeded, or a folder of safetensors; default auto' },
    { flags: '--device <device>', description: 'cpu or cuda; default cpu' },
    { flags: '--threads <count>', description: 'Threads of all streams together; default: physical cores' },
    { flags: '--opset <version>', description: '14 to 20, of an ONNX export; default: the model’s' },
    { flags: '--seed <number>', description: 'Makes seeded weights; default 1' },
    { flags: '--out <folder>', description: 'Where sweep.json and sweep.md go: new or empty' },
    { flags: '--progress <kind>', description: 'text, jsonl or none, on stderr; default text' },
    jsonOption,
  ],
  examples: ['enginebench sweep --model clip-vit-b32 --backends onnxruntime:fp32 --batch 1,2,4,8 --streams 1,2'],
  async run(context) {
    const { services, terminal, options, signal } = context
    const progress = choiceOption(options, 'progress', progressKinds) ?? 'text'
    const out = textOption(options, 'out')
    const plan = sweepPlanFromOptions(options, await planDefaults(context, options, 'sweep'))
    signal.throwIfAborted()
    const folder = out === null ? null : resolve(out)
    const started = await services.sweeps.start(plan, folder, sweepWriter(progress, terminal))
    const cancel = () => started.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    const record = await started.finished.finally(() => signal.removeEventListener('abort', cancel))
    terminal.result(switchOption(options, 'json') ? JSON.stringify(record, null, 2) : sweepText(record, terminal))
    if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
    return exitCodeOfSweep(record)
  },
}

export function sweepPlanFromOptions(options: Options, defaults: PlanDefaults): SweepPlan {
  const batches = listOption(options, 'batch') ?? defaultBatches.map(String)
  const { preset: _preset, passes: _passes, widthRule: _rule, ...plan } = planFromOptions(options, defaults)
  return {
    ...plan,
    batchSizes: ascending(batches.map((text) => integerValue('batch', text, 1, 1_000_000))),
    streams: ascending((listOption(options, 'streams') ?? ['1']).map((text) => integerValue('streams', text, 1, 16))),
    pointMs: 1000 * (numberOption(options, 'point', 0.5, 60) ?? defaultPointS),
  }
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((left, right) => left - right)
}
