// Starts test/fakes/fake-worker.py under the real supervisor, with a fault to commit or none.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackendWorker } from '../../electron/backends/backend-driver.ts'
import { spawnLineWorker } from '../../electron/workers/channels.ts'
import { createMemoryWatch } from '../../electron/workers/errors.ts'
import { type Clock, systemClock } from '../../electron/workers/watchdog.ts'
import { createWorkerRegistry, WorkerProcess, type WorkerRegistry } from '../../electron/workers/worker-process.ts'

export interface FaultScript {
  readonly on: string
  readonly fault: string
  readonly seed?: number
}

export interface FakeWorker {
  readonly worker: BackendWorker
  readonly lines: readonly string[]
  readonly registry: WorkerRegistry
}

export const unaborted = new AbortController().signal
export const blockRule = { targetMs: 250, minimumSamples: 20, capMs: 2000, floorSamples: 3 }

export interface FakeWorkerOptions {
  readonly clock?: Clock
  /** Where fake-worker.py lies. */
  readonly folder?: string
  readonly program?: string
  readonly watchMemory?: typeof createMemoryWatch
}

export async function startFakeWorker(
  script: FaultScript | null = null,
  {
    clock = systemClock,
    folder = import.meta.dirname,
    program = 'python3',
    watchMemory = createMemoryWatch,
  }: FakeWorkerOptions = {},
): Promise<FakeWorker> {
  const lines: string[] = []
  const registry = createWorkerRegistry()
  const file = join(folder, 'fake-worker.py')
  const channel = spawnLineWorker(program, ['-I', file, JSON.stringify(script ?? {})], folder)
  const log = (line: string) => lines.push(line)
  const worker = await WorkerProcess.start(channel, { log, registry, clock, watchMemory }, unaborted)
  return { worker: worker, lines, registry }
}

/** A process that ended but was not waited for (a zombie) is not running. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
