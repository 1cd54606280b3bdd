// Two inspected engines of one graph, one fused more than the other, with times of a profiler. Nothing opened them.
import type { InspectedFile, InspectedLayer } from '../../shared/domain/inspection.ts'

export function exampleLayer(changes: Partial<InspectedLayer> & Pick<InspectedLayer, 'name'>): InspectedLayer {
  return {
    kind: 'CaskConvolution',
    type: 'fp16',
    evidence: 'types of tensors',
    multiplies: true,
    tactic: 'sm80_xmma_fprop_implicit_gemm_f16f16_f16f16_f16',
    inputs: ['8x64x28x28 fp16, Half'],
    outputs: ['8x64x28x28 fp16, Half'],
    onnxNodes: [changes.name],
    operations: 1e9,
    ...changes,
  }
}

const reformat = exampleLayer({
  ...{ name: 'Reformatting CopyNode for Input Tensor 0', kind: 'Reformat', type: 'fp16', multiplies: false },
  ...{ tactic: null, onnxNodes: [], operations: null },
})

function exampleFile(
  name: string,
  layers: readonly InspectedLayer[],
  ms: Readonly<Record<string, number>> | null,
): InspectedFile {
  const totalMs = Object.values(ms ?? {}).reduce((sum, each) => sum + each, 0)
  return {
    name,
    sha256: 'a'.repeat(64),
    instead: null,
    inspection: {
      of: 'engine',
      shapes: 'pixels 8x3x224x224',
      tensors: [
        {
          ...{ name: 'pixels', mode: 'input', type: 'fp32', shape: [-1, 3, 224, 224] },
          ...{ format: 'Row-major linear FP32 format (kLINEAR)', location: 'device' },
        },
      ],
      profiles: [{ index: 0, input: 'pixels', min: [1, 3, 224, 224], opt: [8, 3, 224, 224], max: [16, 3, 224, 224] }],
      layers: [...layers],
      tools: { tensorrt: '11.4.0.106' },
    },
    times: ms === null ? null : { runId: 'run-1', method: "TensorRT's profiler", ms: { ...ms }, totalMs },
  }
}

/** Convolution and activation are one layer; a reformat comes first. */
export const fusedEngine = exampleFile(
  'tensorrt-engine aaaaaaaa of clip, FP16',
  [
    reformat,
    exampleLayer({ name: '/conv/Conv + /conv/Relu', onnxNodes: ['/conv/Conv', '/conv/Relu'] }),
    exampleLayer({ name: '/head/MatMul', kind: 'gemm' }),
  ],
  { 'Reformatting CopyNode for Input Tensor 0': 0.1, '/conv/Conv + /conv/Relu': 0.3, '/head/MatMul': 0.6 },
)

/** Convolution and activation are two layers, and one layer names no node. */
export const splitEngine = exampleFile(
  'tensorrt-engine bbbbbbbb of clip, FP32',
  [
    exampleLayer({ name: '/conv/Conv', type: 'fp32' }),
    exampleLayer({ name: '/conv/Relu', kind: 'CaskPointWise', type: 'fp32', multiplies: false }),
    exampleLayer({ name: '/head/MatMul', kind: 'gemm', type: null, evidence: null }),
    exampleLayer({ name: 'shape call', kind: 'NoOp', type: null, multiplies: false, onnxNodes: [] }),
  ],
  { '/conv/Conv': 0.9, '/conv/Relu': 0.3, '/head/MatMul': 0.5, 'shape call': 0.01 },
)

export const untimedEngine: InspectedFile = { ...fusedEngine, name: 'model.engine', sha256: null, times: null }
