// What a converting worker answers: small files whose bytes follow from what they are made of, so that equal requests
// give equal hashes, as the real tools do. Counting and failing are the task fake's.
import { readFile, writeFile } from 'node:fs/promises'
import { fileSha256, valueSha256 } from '../../electron/inputs/file-hash.ts'
import type { TaskWorker } from '../../electron/inputs/task-worker.ts'
import type { WorkerMessageOf } from '../../shared/worker-protocol/message.ts'

const opset = 17
const tools = { onnx: '1' }

export const convertingTasks: Partial<TaskWorker> = {
  checkOnnx: async () => ({
    message: 'onnx-checked',
    id: 1,
    opset,
    nodeCount: 3,
    operators: { Conv: 3 },
    parameterCount: 12,
  }),
  simplifyOnnx: async ({ inFile, outFile }) => graph(outFile, ['simplified', await readFile(inFile, 'utf8')]),
  convertPrecision: async ({ inFile, outFile, ...how }) =>
    graph(outFile, [how.precision, how.elsewhere, how.keepNodes, await readFile(inFile, 'utf8')]),
  measureSensitivity: async () => ({
    message: 'sensitivity-measured',
    id: 1,
    layers: [{ name: 'conv1', operator: 'Conv', cosineSimilarity: 0.98, maxAbsError: 0.5 }],
  }),
  buildEngine: async ({ onnxFile, outFile, logFile }, onProgress) => {
    onProgress(0.5, 'Building', {
      phases: [{ name: 'Building', depth: 0, done: 1, total: 2 }],
      entries: [{ level: 'info', text: 'a line of the builder', count: 1 }],
    })
    await writeFile(outFile, valueSha256(['engine', await readFile(onnxFile, 'utf8')]))
    await writeFile(logFile, 'every line of the builder\n')
    return {
      message: 'engine-built',
      id: 1,
      kind: 'tensorrt-engine',
      sha256: await fileSha256(outFile),
      sizeBytes: 64,
      buildTimeMs: 9,
      precisionProof: { holds: true, label: 'fp16', method: 'network', evidence: [] },
      layerPrecision: { fp16: 1 },
      weightPrecision: { fp16: 1 },
      activationBytes: { value: 1024 },
      weightBytes: { value: null, reason: 'not told' },
      options: { tf32: false },
      tools: { TensorRT: '11.4' },
      machine: null,
    }
  },
}

async function graph(outFile: string, madeOf: readonly unknown[]): Promise<WorkerMessageOf<'onnx-converted'>> {
  await writeFile(outFile, valueSha256(madeOf))
  return {
    message: 'onnx-converted',
    id: 1,
    sha256: await fileSha256(outFile),
    sizeBytes: 64,
    buildTimeMs: 7,
    opset,
    nodeCount: 3,
    keptInFp32: [],
    quantizedNodeCount: 0,
    layerPrecision: { fp16: 1 },
    weightPrecision: { fp16: 1 },
    tools,
  }
}
