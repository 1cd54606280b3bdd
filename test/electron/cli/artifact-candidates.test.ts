import { expect, test } from 'vitest'
import { unavailableStatus } from '../../../electron/backends/backend-driver.ts'
import { createSimulatedDriver } from '../../../electron/backends/simulated-driver.ts'
import { artifactCandidates } from '../../../electron/cli/artifact-candidates.ts'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import type { BackendId } from '../../../shared/domain/backend.ts'

const sha256 = 'a'.repeat(64)
const unused = async () => {
  throw new Error('not part of this test')
}

function servicesWith(part: Partial<Artifact>, ready: readonly BackendId[]) {
  const artifact: Artifact = {
    kind: 'onnx',
    modelId: 'digits',
    precision: 'int8',
    opset: 17,
    sha256,
    file: '/artifacts/model.onnx',
    sizeBytes: 1,
    buildTimeMs: 1,
    parents: [],
    weights: 'own',
    parity: { verdict: 'pass', reason: '', byBatchSize: [] },
    layerPrecision: null,
    tools: {},
    ...part,
  }
  const list = async () => {
    const simulated = await createSimulatedDriver().describe()
    const ids: readonly BackendId[] = ['onnxruntime', 'onnxruntime-node', 'openvino', 'tensorrt']
    const devices = (id: BackendId) => (id === 'onnxruntime' ? ['cpu', 'cuda'] : ['cpu'])
    return ids.map((id) =>
      ready.includes(id)
        ? { ...simulated, id, devices: devices(id) }
        : unavailableStatus(id, 'python', 'No.', 'Set it up.'),
    )
  }
  const artifacts = {
    ...{ list: unused, log: unused, remove: unused, recipeOf: unused, copyTo: unused, adopt: unused },
    find: async () => artifact,
  }
  return { artifacts, backends: { list } }
}

const candidate = (backend: BackendId) => ({ backend, precision: 'int8', options: {}, artifact: sha256 })

test('an ONNX artifact becomes a candidate of every backend here that reads it', async () => {
  const notes: string[] = []
  const services = servicesWith({}, ['onnxruntime', 'onnxruntime-node'])
  expect(await artifactCandidates(services, 'aaaa', 'cpu', { note: (text) => notes.push(text) })).toEqual({
    model: 'digits',
    candidates: [candidate('onnxruntime'), candidate('onnxruntime-node')],
  })
  expect(notes).toEqual(['note: OpenVINO reads it too, but cannot run on cpu here.'])
})

test('on a GPU it becomes a candidate of those alone that run there', async () => {
  const notes: string[] = []
  const services = servicesWith({}, ['onnxruntime', 'onnxruntime-node'])
  const { candidates } = await artifactCandidates(services, 'aaaa', 'cuda', { note: (text) => notes.push(text) })
  expect({ candidates, notes }).toEqual({
    candidates: [candidate('onnxruntime')],
    notes: [
      'note: ONNX Runtime (Node) reads it too, but cannot run on cuda here.',
      'note: OpenVINO reads it too, but cannot run on cuda here.',
    ],
  })
})

test('an engine that nothing here runs is a candidate all the same, so that its record says why', async () => {
  const services = servicesWith({ kind: 'tensorrt-engine' }, ['onnxruntime'])
  const { candidates } = await artifactCandidates(services, 'aaaa', 'cpu', { note: () => undefined })
  expect(candidates).toEqual([candidate('tensorrt')])
})

test('an engine of the test builder is never measured', async () => {
  const tools = { 'TensorRT-RTX': '1.7.1, test builder' }
  const services = servicesWith({ kind: 'tensorrt-rtx-engine', tools }, ['onnxruntime'])
  await expect(artifactCandidates(services, 'aaaa', 'cpu', { note: () => undefined })).rejects.toThrow(/test builder/)
})
