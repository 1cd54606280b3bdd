// A run with every pass beside its rounds, as the application would answer for it, with a GPU sampled all along.
import type { MachinePoint } from '../../shared/ipc/contract.ts'
import type { FakeAnswers } from '../fakes/bridge.ts'
import { everyPassRun, exampleNoiseFloor } from '../fixtures/every-pass.ts'

const run = everyPassRun()

export const everyPassRecord = run.record

export const everyPassAnswers: FakeAnswers = {
  'run:samples': ({ groupKey, caseKey }) => ({
    blocks: [...run.blocksOf(groupKey, caseKey)],
    tornLines: 0,
  }),
  'run:machine': () => ({ points: gpuSamples(120) }),
  'noise-floor:list': () => [exampleNoiseFloor],
}

/** One a second. */
export function gpuSamples(count: number): MachinePoint[] {
  return Array.from({ length: count }, (_, second) => ({
    atMs: second * 1_000,
    cpuLoadPercent: 31 + (second % 4),
    cpuClockMhz: 3_200,
    memoryUsedBytes: 21_400_000_000,
    gpu: {
      smClockMhz: second === 40 ? 1_620 : 1_980,
      memoryClockMhz: 2_619,
      powerWatts: 412 + (second % 7) * 3,
      temperatureCelsius: 52 + Math.min(12, second / 6),
      memoryUsedBytes: 7.9 * 1024 ** 3,
      utilizationPercent: 97,
      clockReasons: [],
      foreignProcesses: [],
      energyJoules: second * 415,
    },
  }))
}
