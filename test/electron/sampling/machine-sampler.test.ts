import { describe, expect, it } from 'vitest'
import { createMachineSampler } from '../../../electron/sampling/machine-sampler.ts'
import type { SamplingCommand } from '../../../electron/sampling/sampling-messages.ts'
import type { WorkerChannelListener } from '../../../electron/workers/channels.ts'
import { createWorkerRegistry } from '../../../electron/workers/worker-process.ts'
import type { MachineSample } from '../../../shared/domain/machine-sample.ts'
import { machineSample } from '../../fakes/machine-samples.ts'
import { createManualClock } from '../../fakes/manual-clock.ts'

const startedAtNs = 5_000_000_000
const never = new AbortController().signal

function startSampling() {
  const sent: SamplingCommand[] = []
  const killed: string[] = []
  const heard: MachineSample[] = []
  const listeners: WorkerChannelListener[] = []
  const registry = createWorkerRegistry()
  const clock = createManualClock()
  const start = createMachineSampler({
    spawn: () => ({
      pid: 77,
      send: (command) => sent.push(command),
      kill: (signal) => killed.push(signal),
      listen: (listener) => listeners.push(listener),
    }),
    registry,
    ownPid: 42,
    log: () => {},
    clock,
  })
  const sampler = start({ gpu: null, startedAtNs, onSample: (sample) => heard.push(sample), onGpuLost: () => {} })
  const [process] = listeners
  if (process === undefined) throw new Error('nobody listens')
  const say = (atMs: number) => {
    const { atMs: _, ...sample } = machineSample(atMs)
    process.message({ message: 'sample', atNs: startedAtNs + atMs * 1e6, sample, cpuMs: 3, elapsedMs: 1000 })
  }
  return { sampler, process, say, sent, killed, heard, registry, clock }
}

describe('sampling', () => {
  it('tells its process what is ours, and gives samples on the run’s own time', () => {
    const { sampler, process, say, sent, heard, registry } = startSampling()
    process.message({ message: 'opened', gpu: 'Fake GPU', slowdownCelsius: 92 })
    process.message({ message: 'not-read', sentence: 'No power.' })
    for (const atMs of [200, 400, 600, 800]) say(atMs)
    expect(sent).toEqual([{ command: 'start', ownPid: 42, intervalMs: 200, gpu: null }])
    expect(heard.map(({ atMs }) => atMs)).toEqual([200, 400, 600, 800])
    expect(registry.pids()).toEqual([77])
    expect(sampler.slowdownCelsius).toBe(92)
    expect(sampler.summary()).toEqual({
      samples: 4,
      shareOfCore: 0.003,
      gpu: 'Fake GPU',
      notRead: ['No power.'],
      endedEarly: null,
    })
  })

  it('gives the samples of a stretch of time with one on either side', () => {
    const { sampler, say } = startSampling()
    for (const atMs of [200, 400, 600, 800, 1000]) say(atMs)
    expect(sampler.between(450, 700).map(({ atMs }) => atMs)).toEqual([400, 600, 800])
    expect(sampler.between(1000, 2000)).toEqual([])
  })

  it('keeps the last minutes only, however long a run lasts', () => {
    const { sampler, say } = startSampling()
    for (let sample = 1; sample <= 10_000; sample += 1) say(sample * 200)
    const kept = sampler.between(0, Number.POSITIVE_INFINITY)
    expect({ few: kept.length <= 6000, last: kept.at(-1)?.atMs }).toEqual({ few: true, last: 2_000_000 })
  })

  it('lets wait for a sample, but not for ever, nor after its process has died', async () => {
    const { sampler, process, say, clock } = startSampling()
    const order: string[] = []
    const waitFor = (atMs: number) => sampler.caughtUp(atMs, 600, never).then(() => order.push(String(atMs)))
    const first = waitFor(300)
    say(400)
    await first
    const second = waitFor(9000)
    clock.advance(600)
    await second
    const third = waitFor(9001)
    process.exited({ code: null, signal: 'SIGKILL' })
    await third
    await waitFor(9002)
    expect(order).toEqual(['300', '9000', '9001', '9002'])
    expect(sampler.summary().endedEarly).toBe('its process ended (SIGKILL)')
  })

  it('rejects waiting when the run is cancelled', async () => {
    const { sampler } = startSampling()
    const controller = new AbortController()
    const waiting = sampler.caughtUp(300, 600, controller.signal)
    controller.abort(new Error('Cancelled.'))
    await expect(waiting).rejects.toThrow('Cancelled.')
  })

  it('ends with the reason when its process says what is no sample, falls silent or never starts', () => {
    const garbage = startSampling()
    garbage.process.message({ message: 'sample', atNs: 'soon' })
    expect([garbage.sampler.summary().endedEarly, garbage.killed]).toEqual([
      'its process sent an invalid sample',
      ['SIGKILL'],
    ])
    const silent = startSampling()
    silent.say(200)
    silent.clock.advance(5001)
    expect(silent.sampler.summary().endedEarly).toBe('its process fell silent')
    const unstarted = startSampling()
    unstarted.process.notStarted('no such file')
    expect(unstarted.sampler.summary().endedEarly).toBe('its process could not be started: no such file')
    expect(unstarted.registry.pids()).toEqual([])
  })

  it('is ended once, and that is no failure', () => {
    const { sampler, process, killed, heard, say } = startSampling()
    sampler.stop()
    sampler.stop()
    process.exited({ code: null, signal: 'SIGKILL' })
    say(200)
    expect([killed, heard, sampler.summary().endedEarly]).toEqual([['SIGKILL'], [], null])
  })
})
