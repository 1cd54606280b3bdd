// A task worker without Python: writes arrays and files of the asked shape, counts what it was asked, fails on request.
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type OpenTaskWorker, type RequestHandlers, workerAnswering } from '../../electron/backends/backend-driver.ts'
import { fileSha256 } from '../../electron/inputs/file-hash.ts'
import type { ExporterRecord } from '../../shared/domain/artifact.ts'
import { npyBytes } from './npy-bytes.ts'

/** By the second exporter, since the first wrote something else. */
export const fakeExporter: ExporterRecord = {
  name: 'dynamo',
  batchSizes: [1, 3, 8],
  sizes: [{ height: 4, width: 4 }],
  worstShare: 1e-6,
  choiceCount: 0,
  refused: [
    { name: 'torchscript', reason: 'output logits is off by 2.0e-1 of its range, at batch 1 (0.0001 is allowed)' },
  ],
  reason: null,
}

export interface FakeTasks {
  readonly open: OpenTaskWorker
  /** One entry a call: `open torch-eager`, `prepare-inputs`, `close`. */
  readonly calls: string[]
}

export function fakeTasks(overrides: RequestHandlers = {}): FakeTasks {
  const calls: string[] = []
  const handlers: RequestHandlers = {
    'describe-backends': async () => ({ backends: [] }),
    'prepare-inputs': async ({ files, limit, outFile, model, height, width }) => {
      const readable = files.filter((file) => !basename(file).startsWith('broken'))
      const used = readable.slice(0, limit)
      const shape = [used.length, model.input.channels ?? 3, height, width]
      await writeFile(outFile, npyBytes('<f4', shape, new Float32Array(shape.reduce((all, size) => all * size, 1))))
      return {
        shape,
        sha256: await fileSha256(outFile),
        used,
        skipped: files
          .filter((file) => basename(file).startsWith('broken'))
          .map((file) => ({ file, reason: 'It cannot be decoded.' })),
      }
    },
    'resolve-weights': async ({ seed }) => ({
      origin: 'seeded',
      folder: null,
      sha256: null,
      reason: `Seeded with ${seed}.`,
    }),
    'export-onnx': async ({ outFile, opset }) => {
      await writeFile(outFile, `onnx of opset ${opset}`)
      return {
        sha256: await fileSha256(outFile),
        sizeBytes: 15,
        buildTimeMs: 5,
        opset,
        nodeCount: 3,
        comparisons: [],
        exporter: fakeExporter,
        tools: { torch: '2' },
      }
    },
    ...overrides,
  }
  const worker = workerAnswering(handlers, async () => void calls.push('close'))
  return {
    calls,
    open: async (backend) => {
      calls.push(`open ${backend}`)
      return {
        ...worker,
        request: (name, parameters, signal, onProgress) => {
          calls.push(name)
          return worker.request(name, parameters, signal, onProgress)
        },
      }
    },
  }
}
