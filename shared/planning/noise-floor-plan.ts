// The case that is compared with itself to find a machine's noise floor: small, runs on every machine, listed twice.
import { type DeviceKind, deviceKindOf } from '../domain/device.ts'
import type { Candidate, Plan, PresetName } from '../domain/plan.ts'

interface Subject {
  readonly model: string
  readonly candidate: Candidate
  readonly words: string
}

const subjects: Readonly<Record<DeviceKind, Subject>> = {
  cpu: {
    model: 'digits',
    candidate: { backend: 'onnxruntime-node', precision: 'fp32', options: {} },
    words: 'digits, onnxruntime-node fp32, batch 1',
  },
  cuda: {
    model: 'clip-vit-b32',
    candidate: { backend: 'torch-eager', precision: 'fp32', options: {} },
    words: 'clip-vit-b32 with seeded weights, torch-eager fp32, batch 1',
  },
}

export function noiseFloorSubject(device: Plan['device']): string {
  return subjects[deviceKindOf(device)].words
}

/** @param number number of the comparison: each has its own order of rounds. */
export function comparisonPlan(preset: PresetName, device: Plan['device'], threads: number, number: number): Plan {
  const { model, candidate } = subjects[deviceKindOf(device)]
  return {
    model,
    candidates: [candidate, { ...candidate }],
    batchSizes: [1],
    imageFolder: null,
    imageLimit: 64,
    inputSize: null,
    weights: { kind: deviceKindOf(device) === 'cuda' ? 'seeded' : 'auto' },
    device,
    threads,
    opset: null,
    preset,
    seed: number,
  }
}
