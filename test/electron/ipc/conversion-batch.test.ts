import { describe, expect, it } from 'vitest'
import { conversionBatch } from '../../../electron/ipc/conversion-batch.ts'
import type { ConversionEvent, ConversionStepName } from '../../../shared/domain/conversion.ts'
import { fakeArtifact, fakeConversionRecord } from '../../fakes/conversion-record.ts'

const progress = (fraction: number, step: ConversionStepName = 'engine', conversionId = 'a'): ConversionEvent => ({
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
      conversionBatch([progress(0.1), progress(0.2, 'export', 'b'), progress(0.3), logged('one'), progress(0.4)]),
    ).toEqual([progress(0.2, 'export', 'b'), logged('one'), progress(0.4)])
  })

  it('puts neighbouring log entries of one step together, in order, and loses none', () => {
    expect(
      conversionBatch([logged('one'), progress(0.1), logged('two'), logged('three', 'parity'), progress(0.2)]),
    ).toEqual([
      {
        ...logged('one'),
        entries: [
          { level: 'info', text: 'one', count: 1 },
          { level: 'info', text: 'two', count: 1 },
        ],
      },
      logged('three', 'parity'),
      progress(0.2),
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
