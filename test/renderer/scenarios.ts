// Whole situations of the window, by name: what the application would answer, and the address to open.

import type { Artifact } from '../../shared/domain/artifact.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { ConversionRecord } from '../../shared/domain/conversion.ts'
import { measured, missing } from '../../shared/domain/figure.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { RunListEntry } from '../../shared/ipc/contract.ts'
import { createFakeBridge, type FakeAnswers, type FakeBridge, FakeFailure } from '../fakes/bridge.ts'
import { fusedEngine, splitEngine } from '../fakes/inspected-file.ts'
import { exampleNoiseFloor } from '../fixtures/every-pass.ts'
import type { FixtureRun } from '../fixtures/record.ts'
import { decidedRun, sequentialRun, undecidedRun } from '../fixtures/sequential-run.ts'
import {
  caseKeyOf,
  demonstrationCases,
  type ExampleCase,
  eightCases,
  exampleBackends,
  exampleBlocks,
  exampleMachine,
  exampleManifest,
  exampleRecord,
} from './example-answers.ts'
import {
  convertibleModels,
  detrBuilding,
  detrWithoutTensorrt,
  exampleArtifacts,
  exampleConversion,
  exampleRecipe,
  testBuilderArtifacts,
} from './example-conversions.ts'
import { everyPassAnswers, everyPassRecord } from './example-passes.ts'

export interface Scenario {
  readonly bridge: FakeBridge
  readonly path: string
}

const builtIn: readonly BackendId[] = ['onnxruntime-node', 'simulated']
const withPython: readonly BackendId[] = ['torch-eager', 'onnxruntime', ...builtIn]

interface World {
  readonly ready?: readonly BackendId[]
  readonly records?: readonly RunRecord[]
  readonly cases?: readonly ExampleCase[]
  readonly noSamples?: boolean
  readonly notice?: string | null
  readonly artifacts?: readonly Artifact[]
  readonly conversions?: readonly ConversionRecord[]
}

function listEntry(record: RunRecord): RunListEntry {
  return {
    runId: record.runId,
    state: record.state,
    createdAt: record.createdAt,
    modelName: record.modelName,
    preset: record.plan.preset,
    simulated: record.simulated,
    seededWeights: record.groups.some(({ cases }) => cases.some(({ weights }) => weights === 'seeded')),
    caseCount: record.groups.reduce((sum, { cases }) => sum + cases.length, 0),
    bestSpeedup: record.state === 'completed' ? measured(1.47) : missing('no case was finished'),
  }
}

export function worldAnswers(world: World): FakeAnswers {
  const ready = world.ready ?? builtIn
  const records = world.records ?? []
  const cases = world.cases ?? demonstrationCases
  const all: BackendId[] = ['torch-eager', 'onnxruntime', 'onnxruntime-node']
  return {
    'app:describe': () => ({
      version: '0.1.0',
      electron: '33.2.1',
      runtimeNotice: world.notice ?? null,
      dataFolder: '/home/you/.local/share/enginebench',
      recommendedThreads: 8,
    }),
    'machine:describe': () => exampleMachine,
    'backends:list': () => exampleBackends(ready),
    'python:describe': () => [
      {
        name: 'main',
        state: ready.includes('torch-eager') ? 'ready' : 'absent',
        adopted: false,
        interpreter: ready.includes('torch-eager')
          ? '/home/you/.local/share/enginebench/environments/main/bin/python'
          : null,
        pythonVersion: ready.includes('torch-eager') ? '3.12.11' : null,
        sizeBytes: ready.includes('torch-eager') ? 1_900_000_000 : null,
        extras: ready.includes('torch-eager') ? ['torch', 'onnx'] : [],
        error: null,
      },
    ],
    'python:offer': ({ torchSource }) => ({
      version: '2.13.0',
      file: 'torch-2.13.0+cpu-cp312-cp312-linux_x86_64.whl',
      source: torchSource ?? 'package index of pip',
      sizeBytes: 186_000_000,
    }),
    'python:install': () => ({}),
    'python:cancel': () => ({}),
    'licence:read': () => ({
      spdx: 'AGPL-3.0-only',
      title: 'GNU Affero General Public License v3.0',
      text: Array.from({ length: 80 }, (_, line) => `Line ${line + 1} of the licence.`).join('\n'),
    }),
    'models:list': () => [
      exampleManifest('digits', 'Digits', all),
      exampleManifest('clip-vit-b32', 'CLIP ViT-B/32 vision', all),
      exampleManifest('detr-resnet-50', 'DETR ResNet-50', all),
    ],
    'artifacts:list': () => [...(world.artifacts ?? [])],
    'conversion:list': () => [...(world.conversions ?? [])],
    'conversion:check': ({ recipe }) => ({
      steps: (['export', 'precision', 'engine', 'parity'] as const).map((name) => ({
        name,
        artifactKey: null,
        cached: name === 'export' && (world.artifacts ?? []).length > 0,
      })),
      refusals:
        recipe.batch.opt > recipe.batch.max
          ? [
              {
                code: 'bad-profile' as const,
                stage: 'plan' as const,
                message: `The batch size to tune for, ${recipe.batch.opt}, is above the largest, ${recipe.batch.max}.`,
                remedy: 'Put it between smallest and largest.',
                cause: null,
              },
            ]
          : [],
      engineRefusal:
        recipe.to === 'tensorrt' && !ready.includes('tensorrt')
          ? {
              code: 'backend-unavailable' as const,
              stage: 'build' as const,
              message: 'TensorRT is not installed here.',
              remedy: 'Install it in Setup; the ONNX steps are kept.',
              cause: null,
            }
          : null,
      warnings: recipe.calibration && recipe.calibration.imageLimit < 500 ? ['Fewer images than the 500 advised.'] : [],
    }),
    'conversion:start': () => ({ conversionId: 'started' }),
    'conversion:retry': () => ({ conversionId: 'retried' }),
    'conversion:cancel': () => ({}),
    'conversion:dismiss': () => ({}),
    'conversion:log': () => ({
      entries: [
        { level: 'info' as const, text: 'Parsing the network.', count: 1 },
        { level: 'warning' as const, text: 'Weights of a constant are not used.', count: 212 },
        { level: 'verbose' as const, text: 'Tactic 0x3f: 0.041 ms', count: 1 },
        { level: 'stray' as const, text: 'a line on standard output', count: 1 },
      ],
    }),
    'artifact:log': () => ({ text: 'Parsing the network.\nEngine written.\n' }),
    'artifact:inspect': ({ key }) =>
      exampleArtifacts.find((each) => each.key === key)?.precision === 'fp32' ? splitEngine : fusedEngine,
    'artifact:remove': () => ({}),
    'recipe:of-artifact': () => exampleRecipe('clip-vit-b32', 'tensorrt', 'int8'),
    'recipe:save': () => ({ file: '/home/you/recipe.json' }),
    'recipe:choose-file': () => null,
    'plugin:choose': () => null,
    'model:open-dropped': ({ file }) => {
      if (!file.endsWith('.onnx')) {
        throw new FakeFailure({
          code: 'bad-model-file',
          stage: 'plan',
          message: `«${file}» is not an ONNX model.`,
          remedy: 'Drop a file whose name ends in .onnx.',
          cause: null,
        })
      }
      return {
        file,
        manifest: {
          ...exampleManifest('dropped', 'dropped.onnx', all),
          source: { library: 'file' as const, repository: file, revision: null, weightsFile: null },
          parameterCount: null,
        },
      }
    },
    'model:choose-file': () => null,
    'images:choose-folder': () => ({ folder: '/home/you/pictures', imageCount: 48 }),
    'weights:choose-folder': () => ({ folder: '/home/you/weights' }),
    'images:samples': () => [],
    'plan:estimate': ({ plan }) => ({
      groups: plan.batchSizes.map((size) => ({
        groupKey: `${plan.model}-b${size}`,
        caseKeys: plan.candidates.map(caseKeyOf),
        baseline: plan.candidates[0] ? caseKeyOf(plan.candidates[0]) : '',
        mostLaunches: 8,
        roundsPerLaunch: 4,
      })),
      estimatedMs: 42_000,
      refusals: plan.candidates.some(({ backend }) => backend === 'torch-eager' && !ready.includes(backend))
        ? [
            {
              code: 'python-unavailable',
              stage: 'plan',
              message: 'PyTorch eager has no Python environment.',
              remedy: 'Create it in Setup, or leave this candidate out.',
              cause: null,
            },
          ]
        : [],
      warnings: [],
    }),
    'run:start': () => ({ runId: 'live' }),
    'run:resume': ({ runId }) => ({ runId }),
    'run:continue': ({ runId }) => ({ runId }),
    'run:cancel': () => ({}),
    'run:list': () => records.map(listEntry),
    'unreadable:list': () => [],
    'run:open': ({ runId }) => {
      const record = records.find((each) => each.runId === runId)
      if (record) return record
      throw new FakeFailure({
        code: 'unknown-run',
        stage: 'store',
        message: `Run ${runId} was not found.`,
        remedy: 'Choose one from the list.',
        cause: null,
      })
    },
    'run:samples': ({ caseKey, groupKey }) => {
      const each = cases.find((known) => caseKeyOf(known) === caseKey)
      const batch = Number(/-b(\d+)/.exec(groupKey)?.[1] ?? 1)
      if (!each || world.noSamples) return { blocks: [], tornLines: 0 }
      return {
        blocks: exampleBlocks({ ...each, medianMs: each.medianMs * batch ** 0.72 }, caseKey.length).slice(
          0,
          each.state && each.state !== 'completed' ? 8 : 12,
        ),
        tornLines: 0,
      }
    },
    'run:machine': () => ({
      points: Array.from({ length: world.noSamples ? 0 : 34 }, (_, second) => ({
        atMs: second * 1000,
        cpuLoadPercent: 48 + (second % 5),
        cpuClockMhz: second === 20 ? 3_300 : 3_590 + (second % 3) * 10,
        memoryUsedBytes: 6_400_000_000,
      })),
    }),
    'run:current': () => null,
    'run:open-folder': () => null,
    'run:remove': () => ({ undoKey: 'removal-1' }),
    'unreadable:remove': () => ({ undoKey: 'removal-1' }),
    'removal:undo': () => ({}),
    'report:preview': ({ format }) => ({
      text:
        format === 'md'
          ? '# Digits: INT8 is 1.47 × faster\n\nOver ONNX Runtime (Node) FP32, 1.45 – 1.49.\n\n| Candidate | Speedup | p50, ms |\n| --- | ---: | ---: |\n| ONNX Runtime (Node) INT8 | 1.47 × | 0.042 |\n'
          : 'candidate,speedup\nonnxruntime-node int8,1.47\n',
    }),
    'report:export': () => ({ folder: '/home/you/reports', files: ['benchmark_results.json', 'report.md'] }),
    'noise-floor:list': () => [],
    'noise-floor:measure': () => ({}),
    'noise-floor:cancel': () => ({}),
    'settings:read': () => ({ theme: 'dark', lastPlan: null }),
    'settings:write': () => ({}),
  }
}

const demonstration = exampleRecord({
  runId: 'demonstration',
  modelName: 'Digits',
  cases: demonstrationCases,
  batchSizes: [1, 8],
})
const full = exampleRecord({
  runId: 'full',
  modelName: 'CLIP ViT-B/32 vision',
  cases: eightCases,
  batchSizes: [1, 2, 4, 8, 16, 32],
})
const seeded = exampleRecord({
  runId: 'seeded',
  modelName: 'DETR ResNet-50',
  cases: eightCases.slice(0, 2),
  batchSizes: [1, 8],
  seeded: true,
})
const simulated = exampleRecord({
  runId: 'simulated',
  modelName: 'Digits',
  simulated: true,
  cases: [
    { backend: 'simulated', precision: 'fp32', medianMs: 2 },
    { backend: 'simulated', precision: 'int8', medianMs: 1.2 },
  ],
  batchSizes: [1],
})
const stoppedCases = demonstrationCases.map((each, index) => ({
  ...each,
  state: index === 2 ? ('failed' as const) : ('cancelled' as const),
  reason: index === 2 ? 'the worker was killed' : 'the run stopped',
}))
const failed = exampleRecord({
  runId: 'failed',
  modelName: 'Digits',
  state: 'failed',
  cases: stoppedCases,
  batchSizes: [1],
  error: {
    code: 'worker-crashed',
    stage: 'measure',
    message: 'The worker of ONNX Runtime (Node) INT8 stopped in round 9.',
    remedy: 'Run it again; if it stops twice, free memory or use fewer threads.',
    cause: 'signal SIGKILL',
  },
})
const partial = exampleRecord({
  runId: 'partial',
  modelName: 'Digits',
  state: 'cancelled',
  cases: demonstrationCases.map((each, index) =>
    index === 1 ? { ...each, state: 'cancelled' as const, reason: 'cancelled in round 9' } : each,
  ),
  batchSizes: [1],
})

const envName = (name: 'main' | 'yolo' | 'tensorrt' | 'tensorrt-rtx' | 'openvino', state: 'absent' | 'ready') => ({
  name,
  state,
  adopted: name === 'tensorrt' && state === 'ready',
  interpreter: null,
  pythonVersion: null,
  sizeBytes: state === 'ready' ? 2_600_000_000 : null,
  extras: [],
  error: null,
})

const libraries: Partial<Record<BackendId, string>> = { tensorrt: 'TensorRT 11.4.0.106', openvino: 'OpenVINO 2026.3' }

/** A machine where conversions work; `library` is what really builds as `tensorrt`. */
export function convertingAnswers(world: World, library = 'TensorRT 11.4.0.106'): FakeAnswers {
  const ready = world.ready ?? withPython
  return {
    ...worldAnswers({ ...world, ready }),
    'models:list': () => [...convertibleModels],
    'backends:list': () =>
      exampleBackends(ready)
        .map((backend) => ({
          ...backend,
          licence: backend.id === 'tensorrt' || backend.id === 'tensorrt-rtx' ? 'NVIDIA-SLA' : backend.licence,
          builder:
            backend.id in libraries
              ? {
                  available: backend.id === 'tensorrt' ? library !== '' : ready.includes(backend.id),
                  reason: 'It is not installed.',
                  remedy: 'Install it in Setup.',
                  library: backend.id === 'tensorrt' ? library || null : (libraries[backend.id] ?? null),
                  precisions: ['fp32', 'tf32', 'fp16', 'bf16', 'int8'] as const satisfies readonly string[],
                }
              : null,
        }))
        .map((backend) => ({
          ...backend,
          builder: backend.builder && { ...backend.builder, precisions: [...backend.builder.precisions] },
        })),
    'python:describe': () => [
      envName('main', ready.includes('torch-eager') ? 'ready' : 'absent'),
      envName('yolo', 'absent'),
      envName('tensorrt', library === '' ? 'absent' : 'ready'),
      envName('tensorrt-rtx', 'absent'),
      envName('openvino', ready.includes('openvino') ? 'ready' : 'absent'),
    ],
  }
}

const hereFingerprint = { ...demonstration.fingerprint, machine: exampleMachine }

/** A made-up run of protocol 2, with its own samples. */
function sequentialScenario({ record, blocksOf }: FixtureRun): Scenario {
  const answers = worldAnswers({ ready: withPython, records: [record] })
  return {
    bridge: createFakeBridge({
      ...answers,
      'run:samples': ({ groupKey, caseKey }) => ({ blocks: [...blocksOf(groupKey, caseKey)], tornLines: 0 }),
      'run:machine': () => ({ points: [] }),
    }),
    path: `/results/${record.runId}`,
  }
}

export const scenarios: Readonly<Record<string, () => Scenario>> = {
  'setup-first': () => ({
    bridge: createFakeBridge(worldAnswers({ notice: 'fallback runtime, Electron 33, unsupported' })),
    path: '/setup',
  }),
  'setup-full': () => ({
    bridge: createFakeBridge(worldAnswers({ ready: withPython, records: [demonstration] })),
    path: '/setup',
  }),
  'setup-busy': () => ({ bridge: createFakeBridge(worldAnswers({})), path: '/setup' }),
  models: () => ({ bridge: createFakeBridge(worldAnswers({ records: [demonstration] })), path: '/models' }),
  'setup-engines': () => ({ bridge: createFakeBridge(convertingAnswers({})), path: '/setup' }),
  'models-empty': () => ({ bridge: createFakeBridge(convertingAnswers({})), path: '/models' }),
  ...Object.fromEntries(
    ['models-full', 'models-int8', 'models-convert', 'models-log', 'models-table', 'benchmark-artifact'].map((name) => [
      name,
      () => ({
        bridge: createFakeBridge(
          convertingAnswers({
            artifacts: exampleArtifacts,
            conversions: [detrBuilding],
            ready: [...withPython, 'tensorrt'],
          }),
        ),
        path: '/models',
      }),
    ]),
  ),
  'setup-install-engine': () => ({ bridge: createFakeBridge(convertingAnswers({}, '')), path: '/setup' }),
  'models-failed': () => ({
    bridge: createFakeBridge(
      convertingAnswers(
        {
          artifacts: exampleArtifacts.filter(({ modelId }) => modelId !== 'yolos-tiny'),
          conversions: [
            detrWithoutTensorrt,
            exampleConversion('clip-3', exampleRecipe('clip-vit-b32', 'openvino', 'fp16'), {
              at: 'engine',
              state: 'interrupted',
            }),
            exampleConversion('yolos-1', exampleRecipe('yolos-tiny', 'tensorrt', 'int8'), {
              at: 'export',
              state: 'queued',
            }),
          ],
        },
        '',
      ),
    ),
    path: '/models',
  }),
  'models-test-builder': () => ({
    bridge: createFakeBridge(
      convertingAnswers({ artifacts: testBuilderArtifacts }, 'TensorRT-RTX 1.7.1, test builder'),
    ),
    path: '/models',
  }),
  'setup-noise-floor': () => ({
    bridge: createFakeBridge({
      ...worldAnswers({ ready: withPython }),
      'noise-floor:list': () => [
        {
          ...exampleNoiseFloor,
          device: 'cpu' as const,
          preset: 'quick' as const,
          value: 0.0613,
          interval: { ...exampleNoiseFloor.interval, low: 0.048, high: 0.079 },
        },
        { ...exampleNoiseFloor, device: 'cpu' as const },
      ],
    }),
    path: '/setup',
  }),
  'benchmark-passes': () => ({
    bridge: createFakeBridge({
      ...worldAnswers({ ready: withPython, records: [demonstration] }),
      'settings:read': () => ({
        theme: 'dark' as const,
        lastPlan: {
          ...everyPassRecord.plan,
          device: 'cpu' as const,
          passes: { ...everyPassRecord.plan.passes, energy: undefined },
        },
      }),
    }),
    path: '/benchmark',
  }),
  'benchmark-first': () => ({ bridge: createFakeBridge(worldAnswers({})), path: '/benchmark' }),
  'benchmark-live': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [demonstration] })),
    path: '/benchmark',
  }),
  'benchmark-gpu': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [everyPassRecord] })),
    path: '/benchmark',
  }),
  'benchmark-many': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [demonstration] })),
    path: '/benchmark',
  }),
  'results-empty': () => ({ bridge: createFakeBridge(worldAnswers({})), path: '/results' }),
  results: () => ({
    bridge: createFakeBridge(worldAnswers({ records: [demonstration, full] })),
    path: '/results/demonstration',
  }),
  'results-full': () => ({
    bridge: createFakeBridge(worldAnswers({ ready: withPython, records: [full, demonstration], cases: eightCases })),
    path: '/results/full',
  }),
  'results-passes': () => ({
    bridge: createFakeBridge({
      ...worldAnswers({ ready: withPython, records: [everyPassRecord, demonstration] }),
      ...everyPassAnswers,
    }),
    path: `/results/${everyPassRecord.runId}`,
  }),
  'results-undecided': () => sequentialScenario(sequentialRun({ fingerprint: hereFingerprint })),
  'results-undecided-elsewhere': () => sequentialScenario(sequentialRun()),
  'results-undecided-only': () => sequentialScenario(undecidedRun({ fingerprint: hereFingerprint })),
  'results-decided': () => sequentialScenario(decidedRun()),
  'results-seeded': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [seeded], cases: eightCases })),
    path: '/results/seeded',
  }),
  'results-simulated': () => ({
    bridge: createFakeBridge(
      worldAnswers({
        records: [simulated],
        cases: [
          { backend: 'simulated', precision: 'fp32', medianMs: 2 },
          { backend: 'simulated', precision: 'int8', medianMs: 1.2 },
        ],
      }),
    ),
    path: '/results/simulated',
  }),
  'results-failed': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [failed], cases: stoppedCases })),
    path: '/results/failed',
  }),
  'results-partial': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [partial] })),
    path: '/results/partial',
  }),
  'results-unknown': () => ({
    bridge: createFakeBridge(worldAnswers({ records: [demonstration] })),
    path: '/results/gone',
  }),
  runs: () => ({
    bridge: createFakeBridge(worldAnswers({ records: [demonstration, full, seeded, simulated, failed, partial] })),
    path: '/runs',
  }),
  report: () => ({
    bridge: createFakeBridge(worldAnswers({ records: [demonstration] })),
    path: '/report/demonstration',
  }),
}
