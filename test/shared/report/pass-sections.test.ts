import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../shared/domain/run.ts'
import type { PassSection } from '../../../shared/passes/pass-section.ts'
import { textFormats } from '../../../shared/report/formats/index.ts'
import { passMarkdown } from '../../../shared/report/formats/markdown.ts'
import { passSections } from '../../../shared/report/pass-sections.ts'
import { exampleCase, exampleRecord } from '../../fakes/example-record.ts'
import { everyPassRun } from '../../fixtures/every-pass.ts'
import { completedRun } from '../../fixtures/record.ts'

const { record } = everyPassRun()

function section(key: string, of: RunRecord = record): PassSection {
  const found = passSections(of).find((each) => each.key === key)
  if (found === undefined) throw new Error(`there is no section of ${key}`)
  return found
}

function row(key: string, name: string): readonly string[] | undefined {
  return section(key)
    .tables[0]?.rows.find((each) => each.name === name)
    ?.cells.map(({ text }) => text)
}

function withCase(changes: Parameters<typeof exampleCase>[0]): RunRecord {
  const example = exampleRecord()
  return { ...example, groups: example.groups.map((group) => ({ ...group, cases: [exampleCase(changes)] })) }
}

describe('the sections of passes', () => {
  it('are not there for a run that measured its rounds alone', () => {
    expect(passSections(completedRun().record)).toEqual([])
  })

  it('stand in the order in which a reader asks, a cell for every column', () => {
    const sections = passSections(record)
    expect(sections.map(({ key }) => key)).toEqual([
      ...['limits', 'time-split', 'layers', 'memory', 'energy', 'cold-start', 'offline', 'server'],
    ])
    for (const { columns, rows } of sections.flatMap(({ tables }) => tables))
      expect([...new Set(rows.map(({ cells }) => cells.length))]).toEqual([columns.length])
  })

  it('give a cold start by its parts, and its spread', () => {
    expect(row('cold-start', 'TensorRT FP16, batch 1')).toEqual([
      ...['1,590', '1,543 – 2,063', '97.0', '697', '416', '343', '36.8', '1.36', '5'],
    ])
    expect(section('cold-start').sentences).toContain(
      'CUDA graph FP16: not measured: the process was ended after 60 s, before its first answer',
    )
  })

  it('give no median for a part of a cold start that only some launches tell', () => {
    const launch = { spawnMs: 1, importMs: 2, contextMs: 3, loadMs: 4, firstQueryMs: 5, secondQueryMs: 6 }
    const coldStart = {
      launches: [launch, { ...launch, contextMs: null }],
      toFirstAnswerMs: { value: 13.5, interval: null },
      caches: [],
    }
    const cells = section('cold-start', withCase({ coldStart })).tables[0]?.rows[0]?.cells.map(({ text }) => text)
    expect(cells).toEqual(['13.5', '12.0 – 15.0', '1.00', '2.00', 'in part', '4.00', '5.00', '6.00', '2'])
  })

  it('keep host and device clocks apart, and say what the latency holds', () => {
    const columns = section('time-split').tables[0]?.columns.map(({ title, unit }) => `${title}: ${unit}`)
    expect(columns).toEqual([
      'preprocess: ms, host clock, not in the latency',
      'host to device: ms, host clock, in the latency',
      'compute: ms, host clock, in the latency',
      'compute: ms, device clock, in the latency',
      'device to host: ms, host clock, in the latency',
      'postprocess: ms, host clock, not in the latency',
    ])
    expect(section('time-split').sentences).toContain(
      'ONNX Runtime FP16: compute, device clock: not measured: its stream is its own',
    )
  })

  it('leave out columns in which nothing was measured, and keep the reason', () => {
    const host = { clock: 'host', included: true } as const
    const onCpu = section(
      'time-split',
      withCase({
        timeSplit: {
          ...{ queries: 9, method: 'host clock' },
          parts: [
            { ...host, part: 'host-to-device', medianMs: null, reason: 'it runs on the CPU' },
            { ...host, part: 'compute', medianMs: 2, reason: null },
          ],
        },
      }),
    )
    expect(onCpu.tables[0]?.columns.map(({ title }) => title)).toEqual(['compute'])
    expect(onCpu.sentences).toContain(
      'Simulated FP32, batch 1: host-to-device, host clock: not measured: it runs on the CPU',
    )
  })

  it('give energy gross and net with its boundary', () => {
    expect(row('energy', 'TensorRT FP16, batch 1')).toEqual(['0.327', '0.252', '341', '78.0', '30.0', '31,250'])
    expect(section('energy').sentences).toEqual(['All cases: measured at the GPU board, not the wall'])
  })

  it('give memory as three numbers, and how the process’s was read', () => {
    expect(row('memory', 'TensorRT FP16, batch 1')).toEqual(['214', '–', '806', 'NVML, this process'])
  })

  it('name the fifteen costliest layers, sum up the rest, and compare engines by operator', () => {
    const [operators, first, second] = section('layers').tables
    expect(operators?.columns.map(({ title }) => title)).toEqual([
      ...['TensorRT FP16', 'ONNX Runtime FP16', 'PyTorch eager FP32'],
    ])
    expect(operators?.rows[0]?.cells.map(({ text }) => text)).toEqual(['0.232', '1.43', '1.43'])
    expect(first?.caption).toBe('TensorRT FP16, batch 1')
    expect(second?.rows.length).toBe(16)
    expect(second?.rows.at(-1)?.name).toBe('37 more')
  })

  it('say beside every scenario that it is no MLPerf result', () => {
    const scenarios = [section('offline'), section('server')]
    expect(scenarios.every(({ title }) => title.includes('not an MLPerf result'))).toBe(true)
    expect(row('server', 'TensorRT FP16, batch 1')).toEqual([
      '885',
      '6.82',
      'p99 within 15 ms',
      'searched in 5 trials',
      '1',
    ])
  })

  it('give the sentence of every case beside what it reaches', () => {
    expect(row('limits', 'PyTorch eager FP32, batch 8')?.slice(0, 3)).toEqual(['16.3 %', 'launch overhead', '8.32 T'])
    expect(section('limits').sentences.filter((sentence) => sentence.includes('bound by')).length).toBeGreaterThan(3)
  })
})

describe.each(['md', 'html'] as const)('a report of every pass (%s)', (format) => {
  const text = textFormats[format].render({ record, runFolder: '/runs/one' })

  it('is what it was', async () => {
    await expect(text).toMatchFileSnapshot(`./formats/golden/every-pass.${format}`)
  })

  it('keeps text from outside as text', () => {
    const hostile = '</td><script>x|y</script>'
    const bad = withCase({
      coldStart: { notMeasured: hostile },
      limits: { notMeasured: hostile },
      layerTimes: {
        ...{ method: hostile, queries: 1, otherLayers: 0, otherMs: 0 },
        layers: [{ name: hostile, operator: hostile, timeMs: 1 }],
      },
    })
    const report = textFormats[format].render({ record: bad, runFolder: '' })
    expect(report).not.toContain('<script>')
    expect(report).toContain('script')
  })
})

describe('a CSV of every pass', () => {
  it('holds the figures of the passes, with their units in the names', () => {
    const [head, first] = textFormats.csv.render({ record, runFolder: '' }).split('\r\n')
    expect(head).toContain('cold_to_first_answer_ms,cold_caches,energy_net_joules_per_image')
    expect(head).toContain('process_peak_method')
    expect(first).toContain('not an MLPerf result')
  })
})

describe('a simulated run', () => {
  it('says so over each of its passes, in Markdown too', () => {
    const [pass] = passSections(record)
    if (pass === undefined) throw new Error('the run has passes')
    expect(passMarkdown(pass, false)[0]).toBe('## Limits of the hardware')
    expect(passMarkdown(pass, true)[0]).toBe('## Limits of the hardware, simulated')
  })
})
