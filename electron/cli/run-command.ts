import { resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import type { StartedRun } from '../services.ts'
import { type CliCommand, type CommandContext, jsonOption } from './command.ts'
import { exitCodeOfRun } from './exit-code.ts'
import { runFolderNamed } from './named-run.ts'
import { choiceOption, switchOption, textOption } from './option-value.ts'
import { passOptions } from './pass-options.ts'
import { planDefaults } from './plan-defaults.ts'
import { defaultImageLimit, planFromOptions } from './plan-options.ts'
import { resumedRun } from './resume-option.ts'
import { eventWriter, progressKinds } from './run-progress.ts'
import { runText } from './run-table.ts'

/** Benchmarks a model and keeps the record as a run folder. */
export const runCommand: CliCommand = {
  usage: 'run',
  description: 'Benchmark a model on one or more backends',
  options: [
    { flags: '--model <id-or-file>', description: 'Model id, or an .onnx file of your own' },
    { flags: '--backends <list>', description: 'BACKEND:PRECISION,…, as torch-eager:fp32,onnxruntime:fp32' },
    { flags: '--artifact <hashes>', description: 'Converted artifacts, on every backend here that reads them' },
    { flags: '--batch <sizes>', description: 'Batch sizes, as 1,8; default 1' },
    { flags: '--images <folder>', description: 'Folder of images; default: those shipped' },
    { flags: '--image-limit <count>', description: `At most so many images; default ${defaultImageLimit}` },
    { flags: '--size <pixels>', description: 'Input size, for models that allow it' },
    { flags: '--weights <choice>', description: 'auto, hub, seeded, or a folder of safetensors; default auto' },
    { flags: '--device <device>', description: 'cpu or cuda; default cpu' },
    { flags: '--threads <count>', description: 'Threads of every CPU backend; default: physical cores' },
    { flags: '--opset <version>', description: '14 to 20, of an ONNX export; default: the model’s' },
    { flags: '--preset <name>', description: 'quick, standard or rigorous; default quick' },
    { flags: '--seed <number>', description: 'Orders the rounds, and makes seeded weights; default 1' },
    ...passOptions,
    { flags: '--resume <run>', description: 'Go on with a run that ended early, named by its folder or id' },
    { flags: '--out <folder>', description: 'The run folder itself: new or empty' },
    { flags: '--progress <kind>', description: 'text, jsonl or none, on stderr; default text' },
    jsonOption,
  ],
  examples: [
    'enginebench run --model digits',
    'enginebench run --model clip-vit-b32 --backends torch-eager:fp32,onnxruntime:fp32 --batch 1,8 --out ./clip',
    'enginebench run --model digits --cold-start --offline --server-bound 20',
    'enginebench run --resume ./clip',
  ],
  async run(context) {
    const { terminal, options, signal } = context
    const progress = choiceOption(options, 'progress', progressKinds) ?? 'text'
    const started = await startedOrResumed(context, eventWriter(progress, terminal))
    const record = await finishedUnlessCancelled(started, signal)
    if (switchOption(options, 'json')) terminal.result(JSON.stringify(record, null, 2))
    else terminal.result(runText(record, terminal))
    if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
    return exitCodeOfRun(record)
  },
}

async function startedOrResumed(context: CommandContext, onEvent: (event: RunEvent) => void): Promise<StartedRun> {
  const { services, terminal, options, signal } = context
  const resumed = resumedRun(options)
  if (resumed !== null) return services.runs.resume(await runFolderNamed(services, resumed), onEvent)
  const out = textOption(options, 'out')
  const plan = planFromOptions(options, await planDefaults(context, options))
  const estimate = await services.runs.estimate(plan)
  const [refusal] = estimate.refusals
  if (refusal) throw new BenchError(refusal)
  for (const warning of estimate.warnings) terminal.note(`note: ${warning}`)
  signal.throwIfAborted()
  return services.runs.start(plan, out === null ? null : resolve(out), onEvent)
}

async function finishedUnlessCancelled(started: StartedRun, signal: AbortSignal): Promise<RunRecord> {
  const cancel = () => started.cancel()
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await started.finished
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
