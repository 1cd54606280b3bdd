// A task worker without Python: writes arrays and files of the asked shape, counts what it was asked, fails on request.
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileSha256 } from '../../electron/inputs/file-hash.ts'
import type { OpenTaskWorker, TaskWorker } from '../../electron/inputs/task-worker.ts'
import { npyBytes } from './npy-bytes.ts'

export interface FakeTasks {
  readonly open: OpenTaskWorker
  /** One entry a call: `open torch-eager`, `prepare-inputs`, `close`. */
  readonly calls: string[]
}

async function notFaked(): Promise<never> {
  throw new Error('this fake does not convert')
}

export function fakeTasks(overrides: Partial<TaskWorker> = {}): FakeTasks {
  const calls: string[] = []
  const worker: TaskWorker = {
    describeBackends: async () => ({ message: 'backends-described', id: 1, backends: [] }),
    prepareInputs: async ({ files, limit, outFile, model, height, width }) => {
      const readable = files.filter((file) => !basename(file).startsWith('broken'))
      const used = readable.slice(0, limit)
      const shape = [used.length, model.input.channels, height, width]
      await writeFile(outFile, npyBytes('<f4', shape, new Float32Array(shape.reduce((all, size) => all * size, 1))))
      return {
        message: 'inputs-prepared',
        id: 1,
        shape,
        sha256: await fileSha256(outFile),
        used,
        skipped: files
          .filter((file) => basename(file).startsWith('broken'))
          .map((file) => ({ file, reason: 'It cannot be decoded.' })),
      }
    },
    resolveWeights: async ({ seed }) => ({
      message: 'weights-resolved',
      id: 1,
      origin: 'seeded',
      folder: null,
      sha256: null,
      reason: `Seeded with ${seed}.`,
    }),
    exportOnnx: async ({ outFile, opset }) => {
      await writeFile(outFile, `onnx of opset ${opset}`)
      return {
        message: 'exported',
        id: 1,
        sha256: await fileSha256(outFile),
        sizeBytes: 15,
        buildTimeMs: 5,
        opset,
        nodeCount: 3,
        comparisons: [],
        tools: { torch: '2' },
      }
    },
    checkOnnx: notFaked,
    simplifyOnnx: notFaked,
    convertPrecision: notFaked,
    measureSensitivity: notFaked,
    buildEngine: notFaked,
    countWork: notFaked,
    measurePeak: notFaked,
    close: async () => {},
    ...overrides,
  }
  const counted =
    <Parameters extends unknown[], Result>(name: string, call: (...parameters: Parameters) => Result) =>
    (...parameters: Parameters): Result => {
      calls.push(name)
      return call(...parameters)
    }
  return {
    calls,
    open: async (backend) => {
      calls.push(`open ${backend}`)
      return {
        describeBackends: counted('describe-backends', worker.describeBackends),
        prepareInputs: counted('prepare-inputs', worker.prepareInputs),
        resolveWeights: counted('resolve-weights', worker.resolveWeights),
        exportOnnx: counted('export-onnx', worker.exportOnnx),
        checkOnnx: counted('check-onnx', worker.checkOnnx),
        simplifyOnnx: counted('simplify-onnx', worker.simplifyOnnx),
        convertPrecision: counted('convert-precision', worker.convertPrecision),
        measureSensitivity: counted('measure-sensitivity', worker.measureSensitivity),
        countWork: counted('count-work', worker.countWork),
        measurePeak: counted('measure-peak', worker.measurePeak),
        buildEngine: counted('build-engine', worker.buildEngine),
        close: counted('close', worker.close),
      }
    },
  }
}
