import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workerAnswering } from '../../../electron/backends/backend-driver.ts'
import { createFileInspector } from '../../../electron/conversions/file-inspection.ts'
import type { Artifact } from '../../../shared/domain/artifact.ts'
import { BenchError, type BenchErrorCode } from '../../../shared/domain/bench-error.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { exampleCase, exampleRecord } from '../../fakes/example-record.ts'
import { fusedEngine, splitEngine } from '../../fakes/inspected-file.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { artifact } from '../../shared/planning/artifact.ts'

const root = temporaryFolder()
const source = artifact({ kind: 'onnx', sha256: 'c'.repeat(64), file: '/made/model.onnx' })
const engine = artifact({
  ...{ kind: 'tensorrt-engine', sha256: 'e'.repeat(64), file: '/made/engine.plan', parents: [source.sha256] },
  tools: { tensorrt: '11.4.0.106' },
})

/** Reads engines unless `refusal` is set; graphs always. */
function inspector(artifacts: readonly Artifact[], records: readonly RunRecord[] = [], refusal?: BenchErrorCode) {
  const asked: string[] = []
  const byRun = new Map(records.map((record) => [record.runId, record]))
  const made = createFileInspector({
    artifacts: {
      list: async () => artifacts,
      find: async (name) => artifacts.find(({ sha256 }) => sha256.startsWith(name)) ?? Promise.reject(new Error(name)),
    },
    runs: {
      list: async () =>
        [...byRun.values()].map(({ runId, createdAt }) => ({
          ...{ runId, createdAt, state: 'completed', modelName: 'm', preset: 'quick', simulated: false },
          ...{ seededWeights: false, caseCount: 1, bestSpeedup: { value: null, reason: 'none' } },
        })),
      open: async (runId) => byRun.get(runId) ?? Promise.reject(new Error(runId)),
    },
    gpus: async () => [{ name: 'NVIDIA A100', uuid: 'GPU-bbbb', memoryBytes: null, driver: null }],
    openTaskWorker: async (backend, _log, _signal, visibleGpu) =>
      workerAnswering({
        'inspect-file': async ({ file, of, plugin }) => {
          asked.push(
            [backend, of, file, ...(visibleGpu ? [visibleGpu] : []), ...(plugin ? [plugin.file] : [])].join(' '),
          )
          if (of === 'graph') return { inspection: splitEngine.inspection }
          if (refusal === undefined) return { inspection: fusedEngine.inspection }
          throw new BenchError({ code: refusal, stage: 'load', message: 'No GPU.', remedy: 'Go elsewhere.' })
        },
      }),
    log: () => {},
  })
  return { made, asked }
}

function timedRun(runId: string, createdAt: string, artifactSha256: string): RunRecord {
  const layerTimes = {
    ...{ method: 'a profiler', queries: 20, otherLayers: 1, otherMs: 0.5 },
    layers: [{ name: '/head/MatMul', operator: 'gemm', timeMs: 1.5 }],
  }
  const record = exampleRecord({ runId, createdAt })
  const groups = record.groups.map((group) => ({ ...group, cases: [exampleCase({ artifactSha256, layerTimes })] }))
  return { ...record, groups }
}

test('an engine is opened in its environment, with the times of the newest run that took its layers', async () => {
  const records = [
    timedRun('old', '2026-01-01T00:00:00Z', engine.sha256),
    timedRun('new', '2026-02-01T00:00:00Z', engine.sha256),
    timedRun('other', '2026-03-01T00:00:00Z', 'f'.repeat(64)),
  ]
  const { made, asked } = inspector([source, engine], records)
  const found = await made.inspectArtifact('eeee')
  expect(asked).toEqual(['tensorrt engine /made/engine.plan'])
  expect({ ...found, inspection: null }).toEqual({
    name: `tensorrt-engine eeeeeeee of ${engine.modelId}, ${engine.precision.toUpperCase()}`,
    sha256: engine.sha256,
    inspection: null,
    instead: null,
    times: { runId: 'new', method: 'a profiler', ms: { '/head/MatMul': 1.5 }, totalMs: 2 },
  })
})

test('an engine that cannot be opened here is shown as the graph it was built from, and the answer says so', async () => {
  const { made, asked } = inspector([source, engine], [], 'backend-unavailable')
  const { inspection, instead } = await made.inspectArtifact('eeee')
  expect(asked).toEqual(['tensorrt engine /made/engine.plan', 'onnxruntime graph /made/model.onnx'])
  expect({ inspection, instead }).toEqual({
    inspection: splitEngine.inspection,
    instead: 'No GPU. Go elsewhere. Shown are the nodes of the ONNX file that it was built from.',
  })
})

test('a damaged engine is refused and never shown as something else', async () => {
  const { made } = inspector([source, engine], [], 'bad-model-file')
  await expect(made.inspectArtifact('eeee')).rejects.toMatchObject({ record: { code: 'bad-model-file' } })
})

test("an engine of the test builder is never opened under the name of TensorRT's", async () => {
  const built = { ...engine, tools: { 'TensorRT-RTX': '1.7.1, test builder' } }
  const { made, asked } = inspector([source, built])
  await made.inspectArtifact('eeee')
  expect(asked).toEqual(['onnxruntime graph /made/model.onnx'])
  await expect(inspector([built]).made.inspectArtifact('eeee')).rejects.toMatchObject({
    record: { code: 'backend-unavailable' },
  })
})

test('a file from elsewhere is opened only with consent, and only if it is there and can be read', async () => {
  const file = join(root, 'model.engine')
  await writeFile(file, 'plan')
  const { made, asked } = inspector([])
  const refusals = [
    made.inspectFile(file, false),
    made.inspectFile(join(root, 'gone.engine'), true),
    made.inspectFile(join(root, 'model.pt'), true),
  ]
  const codes = (await Promise.allSettled(refusals)).map((each) =>
    each.status === 'rejected' ? each.reason.record.code : 'opened',
  )
  expect(codes).toEqual(['untrusted-engine', 'missing-artifact', 'bad-usage'])
  expect(asked).toEqual([])
  expect(await made.inspectFile(file, true)).toMatchObject({ name: 'model.engine', sha256: null, times: null })
  expect(asked).toEqual([`tensorrt engine ${file}`])
})

test('an engine is opened on the card that it was built on, if that is still in this machine', async () => {
  const built = (uuid: string) => ({ ...engine, card: { name: 'NVIDIA A100', uuid } })
  for (const [uuid, words] of [
    ['GPU-bbbb', 'tensorrt engine /made/engine.plan GPU-bbbb'],
    ['GPU-gone', 'tensorrt engine /made/engine.plan'],
  ] as const) {
    const { made, asked } = inspector([source, built(uuid)])
    await made.inspectArtifact('eeee')
    expect(asked).toEqual([words])
  }
})

test('an engine is opened with the plugin library that it needs, which the answer names: its own copy, or the one that was named', async () => {
  const plugin = { name: 'libmine.so', sha256: 'a'.repeat(64), file: '/made/plugin.so' }
  const named = { name: 'libtheirs.so', sha256: 'b'.repeat(64), file: '/plugins/plugin.so' }
  const without = { ...engine, sha256: 'f'.repeat(64), file: '/added/engine.plan' }
  const { made, asked } = inspector([source, { ...engine, plugin }, without])
  const file = join(root, 'theirs.engine')
  await writeFile(file, 'plan')
  const graph = join(root, 'theirs.onnx')
  await writeFile(graph, 'graph')
  const answers = [
    await made.inspectArtifact('eeee'),
    await made.inspectArtifact('eeee', named),
    await made.inspectArtifact('ffff', named),
    await made.inspectArtifact('cccc', named),
    await made.inspectFile(file, true, named),
    await made.inspectFile(graph, false, named),
  ]
  expect(asked).toEqual([
    'tensorrt engine /made/engine.plan /made/plugin.so',
    'tensorrt engine /made/engine.plan /made/plugin.so',
    'tensorrt engine /added/engine.plan /plugins/plugin.so',
    'onnxruntime graph /made/model.onnx',
    `tensorrt engine ${file} /plugins/plugin.so`,
    `onnxruntime graph ${graph}`,
  ])
  expect(answers.map(({ plugin }) => plugin?.name)).toEqual([
    ...['libmine.so', 'libmine.so', 'libtheirs.so', undefined, 'libtheirs.so', undefined],
  ])
})
