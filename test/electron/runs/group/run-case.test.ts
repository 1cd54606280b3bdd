import { expect, test } from 'vitest'
import { makeRunCases, RunCase, workerCaseOf } from '../../../../electron/runs/group/run-case.ts'
import { noInputs } from '../../../../electron/runs/session/run-files.ts'
import type { Artifact } from '../../../../shared/domain/artifact.ts'
import type { BackendId, BackendStatus } from '../../../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../../../shared/domain/bench-error.ts'
import type { Candidate } from '../../../../shared/domain/plan.ts'
import { expandPlan } from '../../../../shared/planning/expand-plan.ts'
import { exampleManifest } from '../../../fakes/example-manifest.ts'
import { exampleRecord } from '../../../fakes/example-record.ts'
import { artifact } from '../../../shared/planning/artifact.ts'

const error: BenchErrorRecord = {
  code: 'worker-crashed',
  stage: 'measure',
  message: 'The worker died.',
  remedy: 'Run again.',
  cause: null,
}
const fellBack: BenchErrorRecord = { ...error, code: 'fallback', message: '4 of 7 nodes went to others.' }

function runCase(): RunCase {
  return new RunCase('simulated-fp32', { backend: 'simulated', precision: 'fp32', options: {} }, null)
}

test('a case that has ended stays as it ended', () => {
  const ends = [
    { end: (one: RunCase) => one.complete(), state: 'completed', reason: null, error: null },
    { end: (one: RunCase) => one.fail(error), state: 'failed', reason: 'The worker died.', error },
    { end: (one: RunCase) => one.fail(fellBack), state: 'fallback', reason: fellBack.message, error: fellBack },
    { end: (one: RunCase) => one.skip(error), state: 'skipped', reason: 'The worker died. Run again.', error },
    { end: (one: RunCase) => one.cancel(), state: 'cancelled', reason: 'Cancelled.', error: null },
  ]
  for (const first of ends) {
    const one = runCase()
    expect(one.start()).toBe(true)
    expect(first.end(one)).toBe(true)
    for (const later of ends) expect(later.end(one)).toBe(false)
    expect(one.start()).toBe(false)
    expect({ state: one.state, reason: one.reason, error: one.error, isGoing: one.isGoing }).toEqual({
      state: first.state,
      reason: first.reason,
      error: first.error,
      isGoing: false,
    })
  }
})

const manifest = exampleManifest()
const ready = (id: BackendId): readonly [BackendId, BackendStatus] => [
  id,
  {
    ...{ id, runsIn: 'python', available: true, reason: null, remedy: null, version: '1' },
    ...{ precisions: ['fp32', 'fp16'], devices: ['cpu'], licence: null, optionsSchema: null },
  },
]
const statuses = new Map([ready('onnxruntime'), ready('openvino'), ready('torch-eager')])

function trialsOf(candidates: readonly Candidate[], artifacts: readonly (readonly [string, Artifact | BenchError])[]) {
  const plan = { ...exampleRecord().plan, candidates: [...candidates] }
  const fp32 = artifact({ precision: 'fp32', sha256: 'f'.repeat(64), file: '/exports/model.onnx' })
  const inputs = {
    ...noInputs(plan, manifest),
    onnx: new Map([['fp32', fp32] as const]),
    artifacts: new Map(artifacts),
  }
  const [group] = expandPlan(plan, manifest)
  if (group === undefined) throw new Error('no group')
  const runCases = makeRunCases(group, inputs, statuses)
  const setting = { plan, manifest, modelFolder: '/model', inputs, batchSize: 1 }
  return {
    runCases,
    files: runCases
      .map((runCase) => workerCaseOf(setting, runCase))
      .map(({ onnxFile, engineFile }) => ({ onnxFile, engineFile })),
    buildRecords: runCases.map((runCase) => workerCaseOf(setting, runCase).buildRecord),
    plugins: runCases.map((runCase) => workerCaseOf(setting, runCase).plugin),
  }
}

const candidate = (backend: BackendId, named: Artifact | null): Candidate => ({
  ...{ backend, precision: named?.precision ?? 'fp32', options: {} },
  ...(named === null ? {} : { artifact: named.sha256 }),
})

test('a case runs the artifact that it names: an ONNX file as such, anything else as an engine', () => {
  const [onnx, ir] = [
    artifact(),
    artifact({ kind: 'openvino-ir', sha256: 'b'.repeat(64), file: '/artifacts/model.xml' }),
  ]
  const { runCases, files } = trialsOf(
    [
      candidate('onnxruntime', onnx),
      candidate('openvino', ir),
      candidate('onnxruntime', null),
      candidate('torch-eager', null),
    ],
    [
      [onnx.sha256, onnx],
      [ir.sha256, ir],
    ],
  )
  expect(files).toEqual([
    { onnxFile: '/artifacts/model.onnx', engineFile: null },
    { onnxFile: null, engineFile: '/artifacts/model.xml' },
    { onnxFile: '/exports/model.onnx', engineFile: null },
    { onnxFile: null, engineFile: null },
  ])
  expect(runCases.map((runCase) => runCase.artifact?.sha256 ?? null)).toEqual([
    onnx.sha256,
    ir.sha256,
    'f'.repeat(64),
    null,
  ])
})

test('OpenVINO lowers the FP32 file as it is told, and takes no INT8 out of it', () => {
  const lowered: Candidate = { backend: 'openvino', precision: 'bf16', options: {} }
  expect(trialsOf([lowered, { ...lowered, precision: 'int8' }], []).files).toEqual([
    { onnxFile: '/exports/model.onnx', engineFile: null },
    { onnxFile: null, engineFile: null },
  ])
})

test('a provider that lowers precision itself gets the FP32 file, and Q/DQ nodes for INT8', () => {
  const options = { precisionBy: 'provider' }
  const lowered: Candidate = { backend: 'onnxruntime', precision: 'fp16', options }
  expect(trialsOf([lowered, { ...lowered, options: {} }, { ...lowered, precision: 'int8' }], []).files).toEqual([
    { onnxFile: '/exports/model.onnx', engineFile: null },
    { onnxFile: null, engineFile: null },
    { onnxFile: null, engineFile: null },
  ])
})

test('a worker is told what the build of its file recorded, and nothing about a file that came from elsewhere', () => {
  const precisionProof = { holds: true, label: 'fp16', method: 'layer types of the network', evidence: [] }
  const built = artifact({ kind: 'openvino-ir', sha256: 'b'.repeat(64), precisionProof, options: { tf32: false } })
  const adopted = { ...built, sha256: 'c'.repeat(64), adopted: true }
  const { buildRecords } = trialsOf(
    [candidate('openvino', built), candidate('openvino', adopted)],
    [
      [built.sha256, built],
      [adopted.sha256, adopted],
    ],
  )
  expect(buildRecords).toEqual([{ precisionProof, tf32: false }, null])
})

test('an artifact that cannot be had skips its own case with the reason', () => {
  const torn = new BenchError({ code: 'missing-artifact', stage: 'store', message: 'Torn.', remedy: 'Again.' })
  const { runCases } = trialsOf(
    [candidate('onnxruntime', artifact()), candidate('torch-eager', null)],
    [[artifact().sha256, torn]],
  )
  expect(runCases.map(({ state, reason }) => [state, reason])).toEqual([
    ['skipped', 'Torn. Again.'],
    ['pending', null],
  ])
})

test('a worker is told of the plugin library that an engine needs, beside the engine', () => {
  const plugin = { name: 'libmine.so', sha256: 'c'.repeat(64), file: '/artifacts/plugin.so' }
  const plain = artifact({ kind: 'openvino-ir', sha256: 'b'.repeat(64), file: '/artifacts/model.xml' })
  const plugged = { ...plain, sha256: 'd'.repeat(64), plugin }
  const { plugins } = trialsOf(
    [candidate('openvino', plain), candidate('openvino', plugged)],
    [plain, plugged].map((each) => [each.sha256, each] as const),
  )
  expect(plugins).toEqual([undefined, plugin])
})
