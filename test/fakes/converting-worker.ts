// What a converting worker answers: small files whose bytes follow from what they are made of, so that equal requests
// give equal hashes, as the real tools do. Counting and failing are the task fake's.
import { readFile, writeFile } from 'node:fs/promises'
import type { RequestHandlers } from '../../electron/backends/backend-driver.ts'
import { fileSha256, valueSha256 } from '../../electron/inputs/file-hash.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'

const opset = 17
const tools = { onnx: '1' }

export const convertingTasks: RequestHandlers = {
  'check-onnx': async ({ customOperators, registered }) => ({
    opset,
    nodeCount: 3,
    operators: { Conv: 3 },
    parameterCount: 12,
    ...(customOperators && {
      pluginOperators: [{ operator: 'my.company::Sharpen', nodes: 2, ofLibrary: registered?.[0]?.ofLibrary ?? null }],
    }),
  }),
  'list-plugin-operators': async () => ({
    operators: [{ name: 'Sharpen', version: '1', namespace: '', ofLibrary: true }],
  }),
  'simplify-onnx': async ({ inFile, outFile }) => graph(outFile, ['simplified', await readFile(inFile, 'utf8')]),
  'convert-precision': async ({ inFile, outFile, ...how }) =>
    graph(outFile, [how.precision, how.elsewhere, how.keepNodes, await readFile(inFile, 'utf8')]),
  'measure-sensitivity': async () => ({
    layers: [{ name: 'conv1', operator: 'Conv', cosineSimilarity: 0.98, maxAbsError: 0.5 }],
  }),
  'build-engine': async ({ onnxFile, outFile, logFile }, _signal, onProgress) => {
    onProgress(0.5, 'Building', {
      phases: [{ name: 'Building', depth: 0, done: 1, total: 2 }],
      entries: [{ level: 'info', text: 'a line of the builder', count: 1 }],
    })
    await writeFile(outFile, valueSha256(['engine', await readFile(onnxFile, 'utf8')]))
    await writeFile(logFile, 'every line of the builder\n')
    return {
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

async function graph(outFile: string, madeOf: readonly unknown[]): Promise<RequestResult<'convert-precision'>> {
  await writeFile(outFile, valueSha256(madeOf))
  return {
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
