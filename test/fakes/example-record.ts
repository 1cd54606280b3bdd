// A small whole record, and a block, to start from in tests.
import { measured, missing } from '../../shared/domain/figure.ts'
import type { CaseRecord, RunRecord } from '../../shared/domain/run.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'

const none = missing('Not measured.')

export function exampleCase(changes: Partial<CaseRecord> = {}): CaseRecord {
  return {
    caseKey: 'simulated-fp32',
    backend: 'simulated',
    precision: 'fp32',
    options: {},
    precisionProof: null,
    weights: 'own',
    state: 'completed',
    reason: null,
    error: null,
    latencyMs: { p50: measured(10), p90: none, p95: none, p99: none, mean: none, min: none },
    imagesPerSecond: none,
    memory: { engineDeclaredBytes: none, allocatorPeakBytes: none, processPeakBytes: none },
    energyJoulesPerImage: none,
    parity: { verdict: 'not-judged', reason: 'Not compared.', figures: null, reference: null },
    accuracy: none,
    speedup: {
      value: 1,
      interval: null,
      baseline: 'simulated-fp32',
      verdict: 'no-difference',
      reason: 'The baseline itself.',
      heading: null,
    },
    badges: [],
    sampleCount: 20,
    leadSampleCount: 3,
    outliers: { mild: 0, severe: 0 },
    steadiness: [],
    threads: 2,
    loadMs: none,
    artifactSha256: null,
    versions: {},
    ...changes,
  }
}

export function exampleRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    runId: '20260101-000000-digits-aaaa',
    state: 'completed',
    simulated: true,
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    modelName: 'Digits',
    task: 'image-classification',
    command: 'enginebench run --model digits',
    plan: {
      model: 'digits',
      candidates: [{ backend: 'simulated', precision: 'fp32', options: {} }],
      batchSizes: [1],
      imageFolder: null,
      imageLimit: 24,
      inputSize: null,
      weights: { kind: 'auto' },
      device: 'cpu',
      threads: 2,
      opset: null,
      preset: 'quick',
      seed: 1,
      // One launch of twelve rounds.
      budget: { mostLaunches: 1 },
    },
    fingerprint: {
      hash: 'ab',
      machine: {
        os: 'Linux',
        kernel: '6.1',
        cpuModel: 'Some CPU',
        physicalCores: 2,
        logicalCores: 2,
        memoryBytes: 1,
        cpuGovernor: null,
        virtualMachine: null,
        onBattery: null,
        gpus: [],
      },
      software: {},
      enginebenchVersion: '0.1.0',
    },
    images: { source: 'none', found: 0, used: 0, notUsed: 0, skipped: [] },
    groups: [
      {
        groupKey: 'digits-b1',
        batchSize: 1,
        inputShape: [1, 1, 8, 8],
        device: 'cpu',
        baseline: 'simulated-fp32',
        coResident: true,
        inputSha256: null,
        cases: [exampleCase()],
      },
    ],
    error: null,
    notes: [],
    ...changes,
  }
}

export function exampleBlock(changes: Partial<SampleBlock> = {}): SampleBlock {
  return {
    launch: 0,
    round: 0,
    block: 0,
    orderInRound: 0,
    startedAtNs: 0,
    endedAtNs: 30_000_000,
    leadSamples: 1,
    flags: [],
    latenciesMs: [10, 10, 10],
    ...changes,
  }
}
