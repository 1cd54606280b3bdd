// A driver whose workers write the outputs they are told to, and note what they were asked for.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BackendDriver,
  type BackendWorker,
  type RequestHandlers,
  workerAnswering,
} from '../../electron/backends/backend-driver.ts'
import { fileSha256 } from '../../electron/inputs/file-hash.ts'
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import { npyBytes } from './npy-bytes.ts'

export interface OutputDriver {
  readonly driver: BackendDriver
  /** Cases prepared, in order. */
  readonly cases: WorkerCase[]
  /** The only card that each worker was to see; null where CUDA chooses. */
  readonly visibleGpus: (string | null)[]
  /** Workers opened and not yet closed. */
  open(): number
}

/** Two-dimensional outputs by name. */
export type FakeOutputs = Readonly<Record<string, readonly (readonly number[])[]>>

export function outputDriver(
  id: BackendId,
  outputs: (workerCase: WorkerCase) => FakeOutputs,
  changes: Partial<BackendStatus> = {},
): OutputDriver {
  const cases: WorkerCase[] = []
  const visibleGpus: (string | null)[] = []
  let open = 0
  const status: BackendStatus = {
    ...{ id, runsIn: 'python', available: true, reason: null, remedy: null, version: '1' },
    ...{ precisions: ['fp32', 'fp16', 'int8'], devices: ['cpu'], licence: null, optionsSchema: null },
    ...changes,
  }
  const worker = (): BackendWorker => {
    let prepared: WorkerCase | null = null
    const handlers: RequestHandlers = {
      prepare: async (parameters) => {
        prepared = parameters.case
        cases.push(prepared)
        return {
          loadMs: 1,
          threads: 1,
          precisionProof: { holds: true, label: 'fp32', method: 'fake', evidence: [] },
          engineDeclaredBytes: { value: null, reason: 'It declares none.' },
          versions: {},
        }
      },
      'write-outputs': async ({ folder }) => {
        if (prepared === null) throw new Error('nothing is prepared')
        const written = []
        for (const [name, rows] of Object.entries(outputs(prepared))) {
          const file = join(folder, `${name}.npy`)
          const shape = [rows.length, rows[0]?.length ?? 0]
          await writeFile(file, npyBytes('<f4', shape, new Float32Array(rows.flat())))
          written.push({ name, file, sha256: await fileSha256(file), shape })
        }
        return { outputs: written }
      },
    }
    return workerAnswering(handlers, async () => {
      open -= 1
    })
  }
  return {
    cases,
    visibleGpus,
    open: () => open,
    driver: {
      id,
      describe: async () => status,
      open: async (_log, _signal, visibleGpu = null) => {
        open += 1
        visibleGpus.push(visibleGpu)
        return worker()
      },
    },
  }
}
