// The last step of a set-up: starts a worker in the new environment, which reports which of its backends it can run,
// build for, or at least load. A library that lacks only a GPU is set up too, and its listing says so. Throws
// `python-setup-failed` if there is no such backend.
import { type BackendStatus, backendRows } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { spawnPythonWorker } from '../workers/channels.ts'
import { WorkerProcess, type WorkerRegistry } from '../workers/worker-process.ts'
import type { CheckEnvironment } from './installation.ts'

export function createWorkerCheck(
  pythonPackageFolder: string,
  registry: WorkerRegistry,
  log: (line: string) => void,
): CheckEnvironment {
  return async (interpreter, signal, name) => {
    const channel = spawnPythonWorker(interpreter, pythonPackageFolder)
    const worker = await WorkerProcess.start(channel, { log, registry }, signal)
    try {
      const { backends } = await worker.request('describe-backends', {}, signal)
      const own = backends.filter(({ id }) => backendRows[id].environment === name)
      const words = own.flatMap((status) => readiness(status, name === 'main') ?? [])
      if (words.length > 0) return words.join('; ')
      throw new BenchError({
        code: 'python-setup-failed',
        stage: 'setup',
        message: `No backend of environment ${name} can run in ${interpreter}: ${own[0]?.reason ?? 'its worker lists none'}`,
        remedy: own[0]?.remedy ?? 'Repair it: setup python --repair.',
      })
    } finally {
      await worker.close()
    }
  }
}

/** Null if none of it can be used. */
function readiness({ id, available, builder, version, reason }: BackendStatus, mustRun: boolean): string | null {
  if (available) return `${id} is ready`
  if (mustRun) return null
  if (builder?.available) return `${id} builds (${builder.library ?? 'its library'}); it does not run here: ${reason}`
  return version === null ? null : `${id} ${version} is installed; it does not run here: ${reason}`
}
