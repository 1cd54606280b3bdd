import type { Plan } from '../../shared/domain/plan.ts'
import type { RunRecord } from '../../shared/domain/run.ts'

export function fakePlan(overrides: Partial<Plan> = {}): Plan {
  return {
    model: 'digits',
    candidates: [{ backend: 'simulated', precision: 'fp32', options: {} }],
    batchSizes: [1],
    imageFolder: null,
    imageLimit: 24,
    inputSize: null,
    weights: { kind: 'auto' },
    device: 'cpu',
    threads: 1,
    opset: null,
    preset: 'quick',
    seed: 1,
    ...overrides,
  }
}

/** A record without groups: enough wherever only its head is read. */
export function fakeRunRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    runId: 'run-a',
    state: 'completed',
    simulated: true,
    createdAt: '2026-11-24T06:00:00.000Z',
    endedAt: '2026-11-24T06:01:00.000Z',
    modelName: 'Digits',
    task: 'image-classification',
    command: 'enginebench run --model digits',
    plan: fakePlan(),
    fingerprint: {
      hash: 'none',
      machine: {
        os: 'Linux',
        kernel: '6.1',
        cpuModel: 'A processor',
        physicalCores: 2,
        logicalCores: 2,
        memoryBytes: 8_000_000_000,
        cpuGovernor: null,
        virtualMachine: null,
        onBattery: null,
        gpus: [],
      },
      software: {},
      enginebenchVersion: '0.1.0',
    },
    images: { source: 'samples', found: 0, used: 0, notUsed: 0, skipped: [] },
    groups: [],
    error: null,
    notes: [],
    ...overrides,
  }
}
