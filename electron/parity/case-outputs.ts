// Outputs of one case over all of its images, from a fresh worker that is gone when this returns. Not timed.
import { mkdir } from 'node:fs/promises'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import type { BackendDriver } from '../backends/backend-driver.ts'
import { writing } from '../store/write-failure.ts'

export interface OutputsJob {
  readonly driver: BackendDriver
  readonly workerCase: WorkerCase
  /** Made where it does not exist. */
  readonly folder: string
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export async function writeCaseOutputs(job: OutputsJob): Promise<RequestResult<'write-outputs'>['outputs']> {
  const { driver, workerCase, folder, log, signal } = job
  signal.throwIfAborted()
  await writing(folder, () => mkdir(folder, { recursive: true }))
  const worker = await driver.open(log, signal)
  try {
    await worker.request('prepare', { case: workerCase }, signal)
    return (await worker.request('write-outputs', { folder }, signal)).outputs
  } finally {
    await worker.close()
  }
}
