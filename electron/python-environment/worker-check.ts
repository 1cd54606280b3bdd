// The last step of a set-up: a worker is started in the new environment and says which backends it can run.
// Throws `python-setup-failed` when it can run none.
import { BenchError } from '../../shared/domain/bench-error.ts'
import { spawnPythonWorker } from '../workers/python-channel.ts'
import { createTaskWorker } from '../workers/task-worker.ts'
import { WorkerProcess } from '../workers/worker-process.ts'
import type { WorkerRegistry } from '../workers/worker-registry.ts'
import type { CheckEnvironment } from './installation.ts'

export function createWorkerCheck(
  pythonPackageFolder: string,
  registry: WorkerRegistry,
  log: (line: string) => void,
): CheckEnvironment {
  return async (interpreter, signal) => {
    const channel = spawnPythonWorker(interpreter, pythonPackageFolder)
    const worker = createTaskWorker(await WorkerProcess.start(channel, { log, registry }, signal))
    try {
      const { backends } = await worker.describeBackends(signal)
      const ready = backends.filter(({ available }) => available)
      if (ready.length > 0) return `ready: ${ready.map(({ id }) => id).join(', ')}`
      throw new BenchError({
        code: 'python-setup-failed',
        stage: 'setup',
        message: `No backend can run in ${interpreter}: ${backends[0]?.reason ?? 'its worker lists none'}`,
        remedy: 'Repair it: setup python --repair.',
      })
    } finally {
      await worker.close()
    }
  }
}
