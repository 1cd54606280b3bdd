// What a pass is given, on a simulated case: a clock of its own, a device at will, samples made when they are asked for.
import { createSimulatedDriver, SimulatedClock } from '../../electron/backends/simulated-driver.ts'
import { CrashBudget } from '../../electron/runs/group/case-steps.ts'
import { LaunchRounds } from '../../electron/runs/group/launch-rounds.ts'
import { RoundFlags } from '../../electron/runs/group/round-flags.ts'
import { RunCase } from '../../electron/runs/group/run-case.ts'
import type { PassContext } from '../../electron/runs/passes/case-pass.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { MachineSample } from '../../shared/domain/machine-sample.ts'
import type { Passes } from '../../shared/passes/index.ts'
import { measuringRules } from '../../shared/planning/protocol.ts'
import { exampleManifest } from './example-manifest.ts'
import { silentSampler } from './silent-sampler.ts'

export interface PassBench {
  readonly context: PassContext
  readonly runCase: RunCase
  /** Stages that were told, with their words. */
  readonly told: string[]
  readonly clock: SimulatedClock
}

/** @param backend whose case it is; the simulated driver stands for it. */
export function passBench(
  passes: Passes,
  changes: Partial<PassContext> = {},
  backend: BackendId = 'torch-eager',
  samplesAt: (atMs: number) => MachineSample | null = () => null,
): PassBench {
  const clock = new SimulatedClock()
  const told: string[] = []
  const driver = createSimulatedDriver(clock)
  const sampler: PassContext['sampler'] = {
    ...silentSampler({ gpu: null, startedAtNs: 0, onSample: () => {}, onGpuLost: () => {} }),
    caughtUp: async (atMs) => clock.advanceMs(Math.max(0, atMs - clock.nowNs() / 1e6)),
    between: (fromMs, toMs) => {
      const samples: MachineSample[] = []
      for (let atMs = Math.floor(fromMs / 200) * 200; atMs <= toMs + 200; atMs += 200) {
        const sample = samplesAt(atMs)
        if (sample !== null) samples.push(sample)
      }
      return samples
    },
  }
  const runCase = new RunCase(`${backend}-fp32`, { backend, precision: 'fp32', options: {} }, null)
  const context: PassContext = {
    groupKey: 'tiny-b4',
    rules: measuringRules('cpu'),
    design: {
      baseline: `${backend}-fp32`,
      zone: { margin: 0.02, noiseFloor: null },
      startedLaunches: () => null,
      budget: () => ({ mostLaunches: 1, budgetMs: null }),
      widthRule: null,
      firstLaunch: 0,
      rounds: new LaunchRounds(null),
    },
    visibleGpu: null,
    seed: 1,
    drivers: new Map([[backend, driver]]),
    workerCaseOf: () => ({
      ...{ backend, precision: 'fp32', model: exampleManifest(), modelFolder: '/', options: {} },
      ...{
        weights: { origin: 'own', folder: null, seed: 1 },
        onnxFile: null,
        batchSize: 4,
        device: 'cuda',
        threads: 1,
      },
      input: { file: '', sha256: '', shape: [4, 1, 8, 8] },
    }),
    outputsFolderOf: () => '/',
    crashBudget: new CrashBudget(() => clock.nowNs() / 1e6),
    observer: {
      stageReached: (stage, _caseKey, message) => told.push(`${stage}: ${message}`),
      caseChanged: () => {},
      launchBegun: () => {},
      launchEnded: () => {},
      launchCompleted: async () => {},
      blockMeasured: async () => {},
      roundCompleted: () => {},
      log: () => {},
    },
    flags: new RoundFlags({ sampler, rules: { logicalCores: 1, onGpu: true }, onFlags: async () => {} }),
    sampler,
    onGpu: true,
    gpuMemoryBytes: null,
    nowNs: () => clock.nowNs(),
    runStartedAtNs: 0,
    freeMemoryBytes: () => 64e9,
    hugePageBytes: () => null,
    signal: new AbortController().signal,
    passes,
    batchSize: 4,
    limits: { work: async () => ({ notMeasured: 'unasked' }), peak: async () => ({ notMeasured: 'unasked' }) },
    medianMsOf: () => 10,
    ...changes,
  }
  return { context, runCase, told, clock }
}
