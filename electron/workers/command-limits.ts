// How long a worker may be silent, and how long it may be alive without getting anywhere, by command.
// Loading libraries may hold Python's interpreter lock for many seconds on a cold disk, so a worker that loads is
// given more silence than one that measures.
import type { Stage } from '../../shared/domain/bench-error.ts'
import type { WorkerCommand } from '../../shared/worker-protocol/command.ts'
import type { WorkerMessage } from '../../shared/worker-protocol/message.ts'

export type RequestName = Exclude<WorkerCommand['command'], 'cancel' | 'close'>

export interface CommandLimits {
  readonly stage: Stage
  /** The message that answers it. */
  readonly answer: WorkerMessage['message']
  /** Longest time without a heartbeat. */
  readonly silenceMs: number
  /** Longest time with heartbeats but the same progress number. */
  readonly stuckMs: number
  /** Cancelled within 2 s, whatever its library does: it is not told (SIGTERM) but ended. */
  readonly endsSoon?: boolean
}

const second = 1000
const minute = 60 * second

export const helloLimitMs = 60 * second

export const commandLimits: Readonly<Record<RequestName, CommandLimits>> = {
  'describe-backends': {
    stage: 'setup',
    answer: 'backends-described',
    silenceMs: minute,
    stuckMs: 3 * minute,
  },
  'inspect-model': { stage: 'load', answer: 'model-inspected', silenceMs: 5 * second, stuckMs: 2 * minute },
  'prepare-inputs': { stage: 'inputs', answer: 'inputs-prepared', silenceMs: minute, stuckMs: 2 * minute },
  'resolve-weights': { stage: 'load', answer: 'weights-resolved', silenceMs: minute, stuckMs: 10 * minute },
  'export-onnx': { stage: 'export', answer: 'exported', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
  'check-onnx': { stage: 'load', answer: 'onnx-checked', silenceMs: minute, stuckMs: 5 * minute },
  'simplify-onnx': {
    stage: 'simplify',
    answer: 'onnx-converted',
    silenceMs: minute,
    stuckMs: 10 * minute,
    endsSoon: true,
  },
  'convert-precision': {
    stage: 'precision',
    answer: 'onnx-converted',
    silenceMs: minute,
    stuckMs: 30 * minute,
    endsSoon: true,
  },
  'measure-sensitivity': {
    stage: 'calibrate',
    answer: 'sensitivity-measured',
    silenceMs: minute,
    stuckMs: 30 * minute,
    endsSoon: true,
  },
  'build-engine': {
    stage: 'build',
    answer: 'engine-built',
    silenceMs: 5 * minute,
    stuckMs: 120 * minute,
    endsSoon: true,
  },
  prepare: { stage: 'load', answer: 'prepared', silenceMs: minute, stuckMs: 10 * minute },
  warmup: { stage: 'warmup', answer: 'warmed', silenceMs: 5 * second, stuckMs: 2 * minute },
  'measure-block': { stage: 'measure', answer: 'block', silenceMs: 5 * second, stuckMs: 2 * minute },
  'measure-memory': { stage: 'memory', answer: 'memory', silenceMs: 5 * second, stuckMs: 2 * minute },
  'cold-start': { stage: 'cold-start', answer: 'cold-started', silenceMs: minute, stuckMs: 10 * minute },
  sustain: { stage: 'measure', answer: 'sustained', silenceMs: 5 * second, stuckMs: 2 * minute },
  serve: { stage: 'serve', answer: 'served', silenceMs: 5 * second, stuckMs: 2 * minute },
  'split-time': { stage: 'time-split', answer: 'time-split', silenceMs: minute, stuckMs: 2 * minute },
  'profile-layers': { stage: 'layers', answer: 'layers-profiled', silenceMs: minute, stuckMs: 10 * minute },
  'count-work': { stage: 'limits', answer: 'work-counted', silenceMs: minute, stuckMs: 5 * minute },
  'measure-peak': { stage: 'limits', answer: 'peak-measured', silenceMs: minute, stuckMs: 5 * minute },
  'open-video': { stage: 'inputs', answer: 'video-opened', silenceMs: minute, stuckMs: 2 * minute },
  'analyze-video': { stage: 'measure', answer: 'video-analyzed', silenceMs: minute, stuckMs: 10 * minute },
  'write-outputs': { stage: 'parity', answer: 'outputs-written', silenceMs: 5 * second, stuckMs: 2 * minute },
}
