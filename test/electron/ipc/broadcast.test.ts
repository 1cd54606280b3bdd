import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { conversionBatch, createBroadcast, type Send, sendIntervalMs } from '../../../electron/ipc/broadcast.ts'
import type { ConversionEvent, ConversionStepName } from '../../../shared/domain/conversion.ts'
import type { RunEvent } from '../../../shared/domain/run-event.ts'
import { fakeArtifact, fakeConversionRecord } from '../../fakes/conversion-record.ts'

const sample = (atMs: number): RunEvent => ({
  kind: 'machine-sample',
  atMs,
  cpuLoadPercent: null,
  cpuClockMhz: null,
  memoryUsedBytes: null,
})

const progress = (elapsedMs: number): ConversionEvent => ({
  kind: 'step-progressed',
  conversionId: 'conversion-a',
  step: 'engine',
  fraction: null,
  text: 'building',
  phases: [],
  elapsedMs,
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the broadcast', () => {
  it('gathers run events and sends them in order, at most ten times a second', () => {
    const send = vi.fn<Send>()
    const broadcast = createBroadcast(send)
    for (let atMs = 0; atMs < 1000; atMs += 1) {
      broadcast.emitRunEvent('run-a', sample(atMs))
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(sendIntervalMs)
    expect(send.mock.calls.length).toBeLessThanOrEqual(11)
    const sent = send.mock.calls.flatMap(([, payload]) => (payload as { events: RunEvent[] }).events)
    expect(sent).toEqual(Array.from({ length: 1000 }, (_, atMs) => sample(atMs)))
  })

  it('gathers the events of conversions, and sends the newest progress at most ten times a second', () => {
    const send = vi.fn<Send>()
    const broadcast = createBroadcast(send)
    for (let elapsedMs = 0; elapsedMs < 1000; elapsedMs += 1) {
      broadcast.emitConversionEvent(progress(elapsedMs))
      vi.advanceTimersByTime(1)
    }
    expect(send.mock.calls).toEqual(
      [99, 199, 299, 399, 499, 599, 699, 799, 899, 999].map((elapsedMs) => [
        'conversion:progressed',
        { events: [progress(elapsedMs)] },
      ]),
    )
  })

  it('says once that artifacts have changed, after the events that came before it', () => {
    const send = vi.fn<Send>()
    const broadcast = createBroadcast(send)
    broadcast.emitArtifactsChanged()
    broadcast.emitConversionEvent(progress(1))
    broadcast.emitArtifactsChanged()
    vi.advanceTimersByTime(1000)
    expect(send.mock.calls).toEqual([
      ['conversion:progressed', { events: [progress(1)] }],
      ['artifacts:changed', {}],
    ])
  })

  it('sends nothing while nothing happens', () => {
    const send = vi.fn<Send>()
    createBroadcast(send)
    vi.advanceTimersByTime(10_000)
    expect(send).not.toHaveBeenCalled()
  })

  it('sends what is waiting when it is flushed, once', () => {
    const send = vi.fn<Send>()
    const broadcast = createBroadcast(send)
    broadcast.emitRunEvent('run-a', sample(1))
    broadcast.flush()
    vi.advanceTimersByTime(1000)
    expect(send.mock.calls).toEqual([['run:progressed', { runId: 'run-a', events: [sample(1)] }]])
  })

  it('does not send a payload that breaks the contract', () => {
    const send = vi.fn<Send>()
    expect(() => createBroadcast(send).emit('run:changed', { runId: '../x', state: 'running' })).toThrow()
    expect(send).not.toHaveBeenCalled()
  })
})

const stepProgress = (fraction: number, step: ConversionStepName = 'engine', conversionId = 'a'): ConversionEvent => ({
  kind: 'step-progressed',
  conversionId,
  step,
  fraction,
  text: 'building',
  phases: [],
  elapsedMs: fraction * 1000,
})
const logged = (text: string, step: ConversionStepName = 'engine'): ConversionEvent => ({
  kind: 'logged',
  conversionId: 'a',
  step,
  entries: [{ level: 'info', text, count: 1 }],
})

describe('a batch of conversion events', () => {
  it('is empty when nothing happened', () => {
    expect(conversionBatch([])).toEqual([])
  })

  it('keeps the last progress of each step, where it came', () => {
    expect(
      conversionBatch([
        stepProgress(0.1),
        stepProgress(0.2, 'export', 'b'),
        stepProgress(0.3),
        logged('one'),
        stepProgress(0.4),
      ]),
    ).toEqual([stepProgress(0.2, 'export', 'b'), logged('one'), stepProgress(0.4)])
  })

  it('puts neighbouring log entries of one step together, in order, and loses none', () => {
    expect(
      conversionBatch([logged('one'), stepProgress(0.1), logged('two'), logged('three', 'parity'), stepProgress(0.2)]),
    ).toEqual([
      {
        ...logged('one'),
        entries: [
          { level: 'info', text: 'one', count: 1 },
          { level: 'info', text: 'two', count: 1 },
        ],
      },
      logged('three', 'parity'),
      stepProgress(0.2),
    ])
  })

  it('keeps every change of a conversion and every artifact in the order of happening', () => {
    const events: ConversionEvent[] = [
      { kind: 'conversion-changed', record: fakeConversionRecord({ state: 'running' }) },
      { kind: 'artifact-made', conversionId: 'conversion-a', artifact: fakeArtifact() },
      { kind: 'conversion-changed', record: fakeConversionRecord({ state: 'completed' }) },
    ]
    expect(conversionBatch(events)).toEqual(events)
  })
})
