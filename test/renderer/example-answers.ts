// What the application would answer, made up: a machine, backends, models, runs. Every run says `simulated` where it is
// shown as data of one; figures are drawn from a seed.

import { demonstrationPlan } from '../../renderer/state/plan-draft.ts'
import { type BackendId, type BackendStatus, backendIds } from '../../shared/domain/backend.ts'
import { type Figure, measured, missing } from '../../shared/domain/figure.ts'
import type { Fingerprint } from '../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import type { Badge, CaseRecord, GroupRecord, RunRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { seededRandom } from '../../shared/planning/seeded-random.ts'

export const exampleMachine: Fingerprint['machine'] = {
  os: 'Debian 12',
  kernel: '6.1.0',
  cpuModel: 'Example CPU 8-Core',
  physicalCores: 8,
  logicalCores: 16,
  memoryBytes: 34_359_738_368,
  cpuGovernor: 'performance',
  virtualMachine: false,
  onBattery: false,
  gpus: [],
}

const reasons: Partial<Record<BackendId, readonly [string, string]>> = {
  'torch-eager': ['No Python environment.', 'Create it: one button, a private folder.'],
  'torch-compile': ['Not in this version.', 'Use PyTorch eager.'],
  'torch-cudagraph': ['No NVIDIA driver.', 'Install a driver, then check again.'],
  onnxruntime: ['No Python environment.', 'Create it: one button, a private folder.'],
  'torch-tensorrt': ['No NVIDIA driver.', 'Install a driver, then check again.'],
  tensorrt: ['No NVIDIA driver.', 'Install a driver, then check again.'],
  'tensorrt-rtx': ['No NVIDIA driver.', 'Install a driver, then check again.'],
  'onnxruntime-tensorrt': ['No NVIDIA driver.', 'Install a driver, then check again.'],
  openvino: ['Not in this version.', 'Use ONNX Runtime on the CPU.'],
  ultralytics: ['Not installed: AGPL-3.0, needed for YOLO11n only.', 'Read its licence, then decide.'],
}

const precisionsOf: Partial<Record<BackendId, readonly Precision[]>> = {
  'torch-eager': ['fp32', 'bf16'],
  onnxruntime: ['fp32', 'fp16', 'int8'],
  'onnxruntime-node': ['fp32', 'fp16', 'int8'],
  ultralytics: ['fp32', 'fp16'],
  simulated: ['fp32', 'fp16', 'int8'],
  tensorrt: ['fp32', 'fp16', 'int8'],
}

export function exampleBackends(ready: readonly BackendId[]): BackendStatus[] {
  return backendIds.map((id) => ({
    id,
    runsIn: id === 'onnxruntime-node' || id === 'simulated' ? 'built-in' : 'python',
    available: ready.includes(id),
    reason: ready.includes(id) ? null : (reasons[id]?.[0] ?? 'Not ready.'),
    remedy: ready.includes(id) ? null : (reasons[id]?.[1] ?? 'See the log.'),
    version: ready.includes(id) ? '1.30.0' : null,
    precisions: [...(precisionsOf[id] ?? ['fp32'])],
    devices: ['cpu'],
    licence: id === 'ultralytics' ? 'AGPL-3.0-only' : null,
    optionsSchema: null,
  }))
}

export function exampleManifest(id: string, name: string, backends: readonly BackendId[]): ModelManifest {
  const own = id === 'digits'
  return {
    id,
    name,
    task: own ? 'image-classification' : 'image-embedding',
    source: {
      library: own ? 'own' : 'transformers',
      repository: own ? 'models/digits' : `example/${id}`,
      revision: own ? null : '3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268',
      weightsFile: null,
    },
    licence: { model: 'Apache-2.0', weights: 'Apache-2.0', note: null },
    parameterCount: own ? 38_282 : 87_849_216,
    input: {
      name: 'pixels',
      dtype: 'float32',
      channels: own ? 1 : 3,
      height: own ? 8 : 224,
      width: own ? 8 : 224,
      dynamicSize: false,
      sizeMultiple: 8,
    },
    outputs: ['logits'],
    preprocessing: {
      resize: 'none',
      interpolation: 'bilinear',
      centerCrop: false,
      padValue: 0,
      rescale: 1,
      mean: [0],
      standardDeviation: [1],
    },
    postprocessing: own ? 'top-1' : 'embedding',
    optimizationProfile: { min: 1, opt: 8, max: own ? 256 : 16 },
    defaultOpset: 17,
    parityTolerance: {},
    keepInFp32: [],
    backends: [...backends],
    artifacts: own
      ? (['fp32', 'fp16', 'int8'] as const).map((precision, index) => ({
          kind: 'onnx',
          precision,
          file: `digits-${precision}.onnx`,
          sha256: String(index).repeat(64),
          opset: 17,
        }))
      : [],
    evaluation: own
      ? { inputsFile: 'x.npy', labelsFile: 'y.npy', thumbnails: 'thumbnails', licence: 'CC-BY-4.0' }
      : null,
  }
}

export interface ExampleCase {
  readonly backend: BackendId
  readonly precision: Precision
  readonly medianMs: number
  readonly verdict?: CaseRecord['speedup']['verdict']
  readonly reason?: string
  readonly state?: CaseRecord['state']
  readonly badges?: readonly Badge[]
  readonly cosine?: number
  readonly proof?: string
}

export function caseKeyOf({ backend, precision }: Pick<ExampleCase, 'backend' | 'precision'>): string {
  return `${backend}-${precision}`
}

const rounds = 12

export function exampleBlocks(each: ExampleCase, seed: number, samplesPerBlock = 120): SampleBlock[] {
  const random = seededRandom(seed)
  return Array.from({ length: rounds }, (_, round) => {
    const startedAtNs = (3 + round * 2.4 + random() * 1.2) * 1e9
    const latenciesMs = Array.from({ length: samplesPerBlock }, () => {
      const spread = (random() + random() + random() - 1.5) * 0.06
      return each.medianMs * (1 + spread + (random() > 0.985 ? random() * 0.5 : 0))
    })
    return {
      launch: 0,
      round,
      block: round,
      orderInRound: 0,
      startedAtNs: Math.round(startedAtNs),
      endedAtNs: Math.round(startedAtNs + 0.25e9),
      leadSamples: 3,
      flags: round === 7 ? ['foreign-load' as const] : [],
      latenciesMs,
    }
  })
}

function around(value: number, share: number): Figure {
  return measured(value, {
    low: value * (1 - share),
    high: value * (1 + share),
    level: 0.95,
    method: 'order-statistic',
  })
}

function exampleCase(each: ExampleCase, baseline: ExampleCase, batchSize: number, seeded: boolean): CaseRecord {
  const done = (each.state ?? 'completed') === 'completed'
  const isBaseline = each === baseline
  const value = baseline.medianMs / each.medianMs
  const verdict = each.verdict ?? (isBaseline ? 'no-difference' : value > 1 ? 'faster' : 'slower')
  const none = missing('the case did not complete')
  const figure = (ms: number, share: number) => (done ? around(ms, share) : none)
  const cosine = each.cosine ?? 0.99998
  return {
    caseKey: caseKeyOf(each),
    backend: each.backend,
    precision: each.precision,
    options: {},
    precisionProof: {
      holds: true,
      label: each.proof ?? each.precision,
      method: 'optimized graph',
      evidence: ['MatMul: 4'],
    },
    weights: seeded ? 'seeded' : 'own',
    state: each.state ?? 'completed',
    reason: done ? null : (each.reason ?? 'the worker stopped'),
    error: null,
    latencyMs: {
      p50: figure(each.medianMs, 0.012),
      p90: figure(each.medianMs * 1.05, 0.02),
      p95: figure(each.medianMs * 1.08, 0.02),
      p99: figure(each.medianMs * 1.3, 0.05),
      mean: figure(each.medianMs * 1.01, 0.01),
      min: figure(each.medianMs * 0.93, 0.01),
    },
    imagesPerSecond: figure((1000 * batchSize) / each.medianMs, 0.015),
    memory: {
      engineDeclaredBytes: missing('not declared by this engine'),
      allocatorPeakBytes: missing('no allocator to ask'),
      processPeakBytes: done ? measured((90 + 40 * each.medianMs) * 1024 * 1024) : none,
    },
    energyJoulesPerImage: missing('not measured on a CPU'),
    parity: {
      verdict: seeded ? 'not-judged' : isBaseline ? 'pass' : cosine < 0.99 ? 'fail' : 'pass',
      reason: seeded ? 'seeded weights: a graph check' : isBaseline ? 'reference' : `cosine ${cosine}`,
      figures: isBaseline
        ? null
        : {
            cosineSimilarity: cosine,
            maxAbsError: 0.001,
            meanAbsError: 0.0001,
            nonFiniteCount: 0,
            top1Agreement: 1,
            imageCount: 360,
          },
      reference: isBaseline ? null : caseKeyOf(baseline),
    },
    accuracy: seeded || !done ? missing('no labels') : measured(0.9722 - each.medianMs / 100),
    speedup: {
      value: done && verdict !== 'refused' ? value : null,
      interval:
        done && verdict !== 'refused' && !isBaseline
          ? { low: value * 0.985, high: value * 1.015, level: 0.95, method: 'wilcoxon-signed-rank, within one launch' }
          : null,
      baseline: caseKeyOf(baseline),
      verdict,
      reason: each.reason ?? (isBaseline ? 'the baseline itself' : '12 of 12 rounds agree'),
      heading: seeded ? 'timing only, predictions not judged' : null,
    },
    badges: [...(each.badges ?? []), ...(seeded ? (['seeded-weights'] as const) : [])],
    sampleCount: done ? 1_404 : 0,
    leadSampleCount: 36,
    outliers: { mild: 4, severe: 1 },
    steadiness: [{ verdict: 'steady', iterations: 400, elapsedMs: 2_000, reason: 'the last windows agree' }],
    threads: 8,
    loadMs: measured(120),
    artifactSha256: null,
    versions: {},
  }
}

export interface ExampleRun {
  readonly runId: string
  readonly modelName: string
  readonly cases: readonly ExampleCase[]
  readonly batchSizes: readonly number[]
  readonly state?: RunRecord['state']
  readonly simulated?: boolean
  readonly seeded?: boolean
  readonly error?: RunRecord['error']
}

export function exampleRecord(run: ExampleRun): RunRecord {
  const first = run.cases[0]
  if (!first) throw new Error('A run has at least one case.')
  const groups: GroupRecord[] = run.batchSizes.map((batchSize) => {
    const scaled = run.cases.map((each) => ({ ...each, medianMs: each.medianMs * batchSize ** 0.72 }))
    return {
      groupKey: `digits-b${batchSize}`,
      batchSize,
      inputShape: [batchSize, 1, 8, 8],
      device: 'cpu',
      baseline: caseKeyOf(first),
      coResident: true,
      inputSha256: 'a'.repeat(64),
      cases: scaled.map((each) => exampleCase(each, scaled[0] ?? each, batchSize, run.seeded ?? false)),
    }
  })
  return {
    schemaVersion: 1,
    runId: run.runId,
    state: run.state ?? 'completed',
    simulated: run.simulated ?? false,
    createdAt: '2026-11-24T06:15:00.000Z',
    endedAt: '2026-11-24T06:15:52.000Z',
    modelName: run.modelName,
    task: 'image-classification',
    command:
      'npm run enginebench -- run --model digits --backends onnxruntime-node:fp32 --batch 1,8 --preset quick --seed 1',
    plan: {
      ...demonstrationPlan(8),
      candidates: run.cases.map(({ backend, precision }) => ({ backend, precision, options: {} })),
    },
    fingerprint: {
      hash: 'f'.repeat(64),
      machine: exampleMachine,
      software: { node: '20.20.2', onnxruntime: '1.30.0' },
      enginebenchVersion: '0.1.0',
    },
    images: { source: 'digits test set', found: 360, used: 360, notUsed: 0, skipped: [] },
    groups,
    error: run.error ?? null,
    notes: [],
  }
}

export const demonstrationCases: readonly ExampleCase[] = [
  { backend: 'onnxruntime-node', precision: 'fp32', medianMs: 0.0612 },
  {
    backend: 'onnxruntime-node',
    precision: 'fp16',
    medianMs: 0.0618,
    verdict: 'no-difference',
    reason: '1.00 is inside the interval',
    proof: 'fp16 stored, fp32 computed',
  },
  { backend: 'onnxruntime-node', precision: 'int8', medianMs: 0.0415, cosine: 0.9991 },
]

export const eightCases: readonly ExampleCase[] = [
  { backend: 'torch-eager', precision: 'fp32', medianMs: 3.84 },
  {
    backend: 'torch-eager',
    precision: 'bf16',
    medianMs: 3.88,
    verdict: 'no-difference',
    reason: '0.99 is inside ±2.0 %',
  },
  { backend: 'torch-compile', precision: 'fp32', medianMs: 1.23, badges: ['noisy'] },
  { backend: 'torch-cudagraph', precision: 'fp16', medianMs: 1.02 },
  { backend: 'onnxruntime', precision: 'fp32', medianMs: 1.46 },
  { backend: 'openvino', precision: 'fp32', medianMs: 1.18 },
  { backend: 'tensorrt', precision: 'fp16', medianMs: 0.76 },
  {
    backend: 'tensorrt',
    precision: 'int8',
    medianMs: 0.71,
    verdict: 'refused',
    reason: 'parity failed: cosine 0.9617 is below 0.99',
    cosine: 0.9617,
  },
]
