// The supervisor's own verdicts on a worker, in words for the user. What the worker says of itself comes as `failed`.
import { BenchError, type Stage } from '../../shared/domain/bench-error.ts'

export function protocolViolation(stage: Stage, problem: string, evidence: string | null): BenchError {
  return new BenchError({
    code: 'protocol-violation',
    stage,
    message: `The worker sent something that is not part of the protocol: ${problem}.`,
    remedy: 'Repair the environment on the Setup screen; if it stays, report it with the log.',
    cause: evidence,
  })
}

export function invalidSamples(problem: string): BenchError {
  return new BenchError({
    code: 'invalid-samples',
    stage: 'measure',
    message: `The worker's samples cannot be right: ${problem}.`,
    remedy: 'The case is left out; run it again, and report it if it stays.',
    cause: null,
  })
}

export function silentWorker(stage: Stage, silentMs: number, cause: string | null): BenchError {
  return new BenchError({
    code: 'worker-stalled',
    stage,
    message: `The worker gave no sign of life for ${Math.round(silentMs / 1000)} s and was ended.`,
    remedy: 'Run it again; if it stays, a library hangs with this model: try another precision or backend.',
    cause,
  })
}

export function stuckWorker(stage: Stage, stuckMs: number, cause: string | null): BenchError {
  return new BenchError({
    code: 'worker-stalled',
    stage,
    message: `The worker is alive but got nowhere for ${Math.round(stuckMs / 1000)} s and was ended.`,
    remedy: 'Try a smaller batch size; one query may take longer than the limit.',
    cause,
  })
}

export function noHello(limitMs: number, cause: string | null): BenchError {
  return new BenchError({
    code: 'worker-stalled',
    stage: 'spawn',
    message: `The worker did not say hello within ${Math.round(limitMs / 1000)} s and was ended.`,
    remedy: 'Repair the environment on the Setup screen.',
    cause,
  })
}

export function otherVersion(theirs: number, ours: number): BenchError {
  return new BenchError({
    code: 'protocol-violation',
    stage: 'spawn',
    message: `The worker speaks version ${theirs} of the protocol, this app version ${ours}.`,
    remedy: 'Repair the Python environment on the Setup screen, so that both are of the same release.',
    cause: null,
  })
}

export function notStarted(reason: string): BenchError {
  return new BenchError({
    code: 'worker-crashed',
    stage: 'spawn',
    message: 'The worker process could not be started.',
    remedy: 'Repair the environment on the Setup screen.',
    cause: reason,
  })
}
