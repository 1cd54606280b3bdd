import { describe, expect, it } from 'vitest'
import { RoundFlags } from '../../../../electron/runs/group/round-flags.ts'
import { RunCase } from '../../../../electron/runs/group/run-case.ts'
import type { MachineSample } from '../../../../shared/domain/machine-sample.ts'
import type { BlockFlags } from '../../../../shared/domain/sample-block.ts'
import { machineSample } from '../../../fakes/machine-samples.ts'

const never = new AbortController().signal

function judging() {
  const samples: MachineSample[] = []
  const given: (BlockFlags & { readonly caseKey: string })[] = []
  const waits: number[] = []
  const flags = new RoundFlags({
    sampler: {
      get latestAtMs() {
        return samples.at(-1)?.atMs ?? -1
      },
      between: (fromMs, toMs) => samples.filter(({ atMs }) => atMs > fromMs && atMs <= toMs + 200),
      caughtUp: async (atMs) => void waits.push(atMs),
    },
    rules: { logicalCores: 2, onGpu: false },
    onFlags: async (runCase, judged) => void given.push({ caseKey: runCase.caseKey, ...judged }),
  })
  return { samples, given, waits, flags }
}

const runCase = new RunCase('one', { backend: 'simulated', precision: 'fp32', options: {} }, null)

function measured(round: number, workerPid: number | null = 11) {
  const block = {
    launch: 0,
    round,
    block: round,
    orderInRound: 0,
    startedAtNs: round * 1e9,
    endedAtNs: round * 1e9 + 3e8,
    leadSamples: 0,
    flags: [],
    latenciesMs: [1],
  }
  return { runCase, workerPid, block }
}

const busy = { foreignCpuPercent: 150 }

describe('the flags of rounds', () => {
  it('are given once the samples of their time are there, without waiting for them', async () => {
    const { samples, given, waits, flags } = judging()
    samples.push(machineSample(200, busy))
    await flags.roundEnded([measured(0)])
    expect(given).toEqual([])
    samples.push(machineSample(400), machineSample(1200), machineSample(1400))
    await flags.roundEnded([measured(1)])
    expect([given, waits]).toEqual([[{ caseKey: 'one', block: 0, flags: ['foreign-load'] }], []])
  })

  it('of the last rounds are given at the end of a launch, once', async () => {
    const { samples, given, waits, flags } = judging()
    samples.push(machineSample(200, busy))
    await flags.roundEnded([measured(0)])
    await flags.launchEnded(never)
    await flags.launchEnded(never)
    expect([given, waits]).toEqual([[{ caseKey: 'one', block: 0, flags: ['foreign-load'] }], [300]])
  })

  it('are none where sampling has ended, nor for a case without a process', async () => {
    const { samples, given, flags } = judging()
    await flags.roundEnded([measured(0)])
    await flags.launchEnded(never)
    samples.push(machineSample(1200, busy), machineSample(1400, busy))
    await flags.roundEnded([measured(1, null)])
    await flags.launchEnded(never)
    expect(given).toEqual([])
  })
})
