// Starts test/fakes/fake-worker.py under the real supervisor, with a fault to commit or none.
import { join } from 'node:path'
import type { CaseWorker } from '../../electron/backends/backend-driver.ts'
import { createCaseWorker } from '../../electron/workers/case-worker.ts'
import { spawnLineWorker } from '../../electron/workers/python-channel.ts'
import { WorkerProcess } from '../../electron/workers/worker-process.ts'
import { createWorkerRegistry, type WorkerRegistry } from '../../electron/workers/worker-registry.ts'

export interface FaultScript {
  readonly on: string
  readonly fault: string
  readonly seed?: number
}

export interface FakeWorker {
  readonly worker: CaseWorker
  readonly lines: readonly string[]
  readonly registry: WorkerRegistry
}

export const unaborted = new AbortController().signal
export const blockRule = { targetMs: 250, minimumSamples: 20, capMs: 2000, floorSamples: 3 }

export async function startFakeWorker(script: FaultScript | null = null): Promise<FakeWorker> {
  const lines: string[] = []
  const registry = createWorkerRegistry()
  const file = join(import.meta.dirname, 'fake-worker.py')
  const channel = spawnLineWorker('python3', ['-I', file, JSON.stringify(script ?? {})], import.meta.dirname)
  const worker = await WorkerProcess.start(channel, { log: (line) => lines.push(line), registry }, unaborted)
  return { worker: createCaseWorker(worker), lines, registry }
}

/** Alive and not a zombie. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
