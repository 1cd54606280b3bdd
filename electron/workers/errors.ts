// Why the supervisor ended a worker, or what ended it, in words for the user. What a worker reports itself arrives as
// `failed`. A killed process does not say who killed it: memory is named as the reason only if the system's own
// counters support it.
import { readFileSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { BenchError, type Stage } from '../../shared/domain/bench-error.ts'
import type { WorkerExit } from './channels.ts'

export function protocolViolation(stage: Stage, problem: string, evidence: string | null): BenchError {
  return new BenchError({
    code: 'protocol-violation',
    stage,
    message: `The worker sent something that is not part of the protocol: ${problem}.`,
    remedy: 'Repair the environment on the Setup screen; if it happens again, report it with the log.',
    cause: evidence,
  })
}

export function invalidSamples(problem: string): BenchError {
  return new BenchError({
    code: 'invalid-samples',
    stage: 'measure',
    message: `The worker's samples cannot be right: ${problem}.`,
    remedy: 'The case is left out. Run it again, and report it if it happens again.',
    cause: null,
  })
}

export function silentWorker(stage: Stage, silentMs: number, cause: string | null): BenchError {
  return new BenchError({
    code: 'worker-stalled',
    stage,
    message: `The worker gave no sign of life for ${Math.round(silentMs / 1000)} s and was ended.`,
    remedy: 'Run it again. If it happens again, a library hangs with this model: try another precision or backend.',
    cause,
  })
}

export function stuckWorker(stage: Stage, stuckMs: number, cause: string | null): BenchError {
  return new BenchError({
    code: 'worker-stalled',
    stage,
    message: `The worker is alive but made no progress for ${Math.round(stuckMs / 1000)} s and was ended.`,
    remedy: 'Try a smaller batch size: one query may take longer than the limit.',
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
    remedy: 'Repair the Python environment on the Setup screen, so that both come from the same release.',
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

export interface MemoryEvidence {
  /** Resident memory of the worker when last seen; null when it was never read. */
  readonly lastResidentBytes: number | null
  /** Processes the control group ended for memory since the worker started; null when it cannot be read. */
  readonly memoryKills: number | null
  /** Smallest free share of the machine's memory seen at a heartbeat, 0..1; null when never read. */
  readonly smallestFreeShare: number | null
}

/** @param limitBytes what the stage may hold; see shared/worker-protocol/limits.ts. */
export function tooMuchMemory(stage: Stage, heldBytes: number, limitBytes: number, cause: string | null): BenchError {
  return new BenchError({
    code: 'out-of-memory-host',
    stage,
    message: `The worker held ${mebibytes(heldBytes)} of memory, more than the ${mebibytes(limitBytes)} that this stage may take, and was ended.`,
    remedy: 'Use a smaller batch or input size; the same size is not tried again.',
    cause,
  })
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1048576)} MiB`
}

const scarceShare = 0.05

/** The end of a worker that was not asked to end. */
export function exitError(exit: WorkerExit, stage: Stage, memory: MemoryEvidence, cause: string | null): BenchError {
  const killed = exit.signal === 'SIGKILL' || exit.code === 137
  if (killed && isOutOfMemory(memory)) {
    return new BenchError({
      code: 'out-of-memory-host',
      stage,
      message: `The system ended the worker, most likely because memory ran out${residentPhrase(memory)}.`,
      remedy: 'Use a smaller batch size or close other programs; the same size is not tried again.',
      cause,
    })
  }
  if (killed) {
    return new BenchError({
      code: 'worker-crashed',
      stage,
      message: `The worker was killed (SIGKILL)${residentPhrase(memory)}; nothing shows that memory was short.`,
      remedy: 'Run it again; if it happens again, try a smaller batch size.',
      cause,
    })
  }
  const how = exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `with ${exit.signal}`
  return new BenchError({
    code: 'worker-crashed',
    stage,
    message: `The worker ended ${how} before it answered.`,
    remedy: 'See its last lines in the log; other cases go on.',
    cause,
  })
}

function isOutOfMemory({ memoryKills, smallestFreeShare }: MemoryEvidence): boolean {
  return (memoryKills !== null && memoryKills > 0) || (smallestFreeShare !== null && smallestFreeShare < scarceShare)
}

function residentPhrase({ lastResidentBytes }: MemoryEvidence): string {
  return lastResidentBytes === null ? '' : `; it held ${mebibytes(lastResidentBytes)} when last seen`
}

/** Linux: memory of a process that no file backs: what cannot be given back. Null elsewhere, or when it is gone. */
export function heldBytes(pid: number): number | null {
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`))?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

/** Linux: resident bytes of a process; null elsewhere, or when it is gone. */
export function residentBytes(pid: number): number | null {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? null : Number(kibibytes) * 1024
  } catch {
    return null
  }
}

/**
 * How often this control group, of version 2 or 1, has ended a process for memory, since it was made; null if it does not
 * report it. In a container the group's own folder is mounted in the place of the topmost one.
 * @param root the folder that contains `sys` and `proc`.
 */
export function memoryKillCount(root = '/'): number | null {
  const groups = textOf(join(root, 'proc/self/cgroup'))
  const own = /^0::(\/.*)$/m.exec(groups)?.[1] ?? '/'
  const ownOfVersion1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(groups)?.[1] ?? '/'
  const counters = [
    ...[own, '/'].map((group) => join('sys/fs/cgroup', group, 'memory.events')),
    ...[ownOfVersion1, '/'].map((group) => join('sys/fs/cgroup/memory', group, 'memory.oom_control')),
  ]
  for (const counter of counters) {
    const count = /^oom_kill (\d+)$/m.exec(textOf(join(root, counter)))?.[1]
    if (count !== undefined) return Number(count)
  }
  return null
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Of the machine or of this control group, whichever is scarcer. */
function freeMemoryShare(): number {
  const limit = process.constrainedMemory()
  const isLimited = limit > 0 && limit < totalmem()
  return Math.min(freemem() / totalmem(), isLimited ? process.availableMemory() / limit : 1)
}

/** A worker's memory, read at each heartbeat, so that it can be limited and a SIGKILL be explained. */
export interface MemoryWatch {
  /** What it holds now; null if that is not known. */
  look(): number | null
  evidence(): MemoryEvidence
}

/** @param pidOf some processes know their id only after they started */
export function createMemoryWatch(pidOf: () => number | null): MemoryWatch {
  const killsBefore = memoryKillCount()
  let lastResidentBytes: number | null = null
  let smallestFreeShare: number | null = null
  return {
    look() {
      const pid = pidOf()
      lastResidentBytes = (pid === null ? null : residentBytes(pid)) ?? lastResidentBytes
      smallestFreeShare = Math.min(smallestFreeShare ?? 1, freeMemoryShare())
      return pid === null ? null : heldBytes(pid)
    },
    evidence() {
      const killsNow = memoryKillCount()
      const memoryKills = killsNow === null || killsBefore === null ? null : killsNow - killsBefore
      return { lastResidentBytes, memoryKills, smallestFreeShare }
    },
  }
}
