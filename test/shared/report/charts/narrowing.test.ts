import { describe, expect, it } from 'vitest'
import type { CaseRecord, GroupRecord } from '../../../../shared/domain/run.ts'
import { type Narrowing, narrowed, narrowingChart, narrowingOf } from '../../../../shared/report/charts/narrowing.ts'
import { completedRun } from '../../../fixtures/record.ts'
import { decidedRun, sequentialRun } from '../../../fixtures/sequential-run.ts'

const size = { width: 240, height: 140 }
const group = sequentialRun().record.groups[0] as GroupRecord

function entryOf(caseKey: string): CaseRecord {
  const entry = group.cases.find((each) => each.caseKey === caseKey)
  if (entry === undefined) throw new Error(`the run has no case ${caseKey}`)
  return entry
}

function chartOf(entry: CaseRecord, of = group): Narrowing {
  const chart = narrowingOf(entry, of, size)
  if (chart === null) throw new Error('the comparison has a path')
  return chart
}

describe('the picture of a narrowing interval', () => {
  it('shows comparisons with a path, not the baseline, a refused one or a record of protocol 1', () => {
    expect(narrowed(group.cases).map(({ caseKey }) => caseKey)).toEqual([
      'onnxruntime-fp32',
      'openvino-fp32',
      'onnxruntime-node-fp32',
      'torch-compile-fp32',
    ])
    const [old] = completedRun().record.groups
    expect(old && narrowed(old.cases)).toEqual([])
    expect(narrowingOf(entryOf('torch-eager-fp32'), group, size)).toBeNull()
  })

  it('marks 1, the margin and each look within the plot, whatever the speedup', () => {
    for (const entry of narrowed(decidedRun().record.groups.flatMap(({ cases }) => cases))) {
      const { plot, oneY, band, looks, yTicks } = chartOf(entry)
      const inside = (y: number) => y >= plot.top - 0.01 && y <= plot.bottom + 0.01
      expect([oneY, band?.top ?? Number.NaN, band?.bottom ?? Number.NaN].every(inside)).toBe(true)
      expect(looks.flatMap(({ y, lowY, highY }) => [y, lowY, highY]).every(inside)).toBe(true)
      expect(yTicks.map(({ text }) => text)).toContain('1')
      expect(yTicks.length).toBeGreaterThanOrEqual(2)
      expect(yTicks.length).toBeLessThanOrEqual(8)
    }
  })

  it('shares its launches with the other comparisons of the group, from zero', () => {
    const [first, second] = ['onnxruntime-fp32', 'openvino-fp32'].map((key) => chartOf(entryOf(key)))
    expect(first?.xTicks).toEqual(second?.xTicks)
    expect(first?.xTicks.map(({ text }) => text)).toEqual(['5', '8', '12', '20'])
    expect(first?.xTicks.at(-1)?.at).toBe(first?.plot.right)
  })

  it('says in a sentence what it shows', () => {
    expect(chartOf(entryOf('onnxruntime-fp32')).summary).toMatch(
      /^ONNX Runtime FP32: from \d\.\d\d – \d\.\d\d after 2 launches to 1\.9\d – 2\.0\d after 20 launches; looks after 5, 8, 12, 20; faster\.$/,
    )
  })

  it('moves a slower case below 1 and a faster one above it', () => {
    const at = (key: string) => chartOf(entryOf(key))
    const [faster, slower] = [at('onnxruntime-fp32'), at('torch-compile-fp32')]
    expect(faster.looks.every(({ y }) => y < faster.oneY)).toBe(true)
    expect(slower.looks.every(({ y }) => y > slower.oneY)).toBe(true)
  })

  it('needs no look and no margin', () => {
    const entry = entryOf('openvino-fp32')
    const { looks: _, margin: __, ...speedup } = entry.speedup
    const chart = chartOf({ ...entry, speedup })
    expect([chart.looks, chart.band, chart.xTicks.map(({ text }) => text)]).toEqual([[], null, ['20']])
  })

  it('is drawn in the report with its sentence as the text for readers without a picture', () => {
    const entry = entryOf('openvino-fp32')
    const chart = chartOf(entry)
    const { text } = narrowingChart(chart, entry.backend)
    expect(text).toContain(`aria-label="${chart.summary}"`)
    expect(text.match(/<title>after \d+ launches: [^<]+<\/title>/g)).toHaveLength(4)
  })
})
