// What holds of every report, whatever record the schema lets through.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../../shared/domain/run.ts'
import { type TextFormat, textFormats } from '../../../../shared/report/formats/index.ts'
import { anyRecord } from '../../../fakes/any-record.ts'
import { hostileTexts, rawCharactersIn } from '../../../fakes/hostile-text.ts'
import { everyPassRun } from '../../../fixtures/every-pass.ts'
import { completedRun } from '../../../fixtures/record.ts'
import { wellFormed } from './well-formed.ts'

const render = (format: TextFormat, record: RunRecord) => textFormats[format].render({ record, runFolder: '/runs/one' })

const formats = Object.keys(textFormats) as TextFormat[]

describe.each(formats)('the %s report', (format) => {
  it('of any record can be written, and holds no character that is not shown', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyRecord(everyPassRun().record), (record) => {
        const text = render(format, record)
        expect(rawCharactersIn(text)).toEqual([])
        if (format === 'html') expect(wellFormed(text)).toEqual([])
        if (format === 'json') expect(JSON.parse(text)).toMatchObject({ runId: record.runId })
      }),
      { numRuns: 150 },
    )
  })
})

describe('the CSV report', () => {
  it('keeps every case on a line of its own, and begins no cell with a formula', () => {
    fc.assert(
      fc.property(hostileTexts, (name) => {
        const { record } = completedRun()
        const csv = render('csv', { ...record, modelName: name, task: name, notes: [name] })
        const cases = record.groups.flatMap((group) => group.cases)
        expect(csv.trimEnd().split('\r\n').length).toBe(1 + cases.length)
        expect(csv).not.toMatch(/(^|,|\n)"?[=+@]/)
      }),
    )
  })
})

describe('the Markdown report', () => {
  it('keeps every row of a table whole, whatever a model is called', () => {
    fc.assert(
      fc.property(hostileTexts, (name) => {
        const { record } = completedRun()
        const groups = record.groups.map((group) => ({
          ...group,
          cases: group.cases.map((entry) => ({ ...entry, parity: { ...entry.parity, reason: name, decidedBy: name } })),
        }))
        const markdown = render('md', { ...record, modelName: name, groups })
        for (const table of markdown.split('\n\n').filter((part) => part.startsWith('| Candidate'))) {
          const cells = table.split('\n').map((line) => line.replace(/\\./g, '').split('|').length)
          expect(new Set(cells).size).toBe(1)
        }
      }),
    )
  })
})
