// Golden files of every format, and what must hold of each whatever the record says.
// After a change that is meant: `npx vitest run test/shared/report --update`, and look at the difference.
import { describe, expect, it } from 'vitest'
import { textFormats } from '../../../../shared/report/formats/index.ts'
import { everyPassRun } from '../../../fixtures/every-pass.ts'
import { completedRun, digitsRun, failedCaseRun, seededRun, simulatedRun } from '../../../fixtures/record.ts'
import { hostileRecord, hostileText } from './hostile-record.ts'
import { wellFormed } from './well-formed.ts'

const runs = { completedRun, digitsRun, everyPassRun, failedCaseRun, seededRun, simulatedRun }
const render = (format: keyof typeof textFormats, { record } = completedRun()) =>
  textFormats[format].render({ record, runFolder: '/runs/one' })

describe.each(Object.keys(textFormats) as (keyof typeof textFormats)[])('the %s report', (format) => {
  it('is what it was', async () => {
    await expect(render(format)).toMatchFileSnapshot(`golden/completed-run.${format}`)
  })

  it('says in every run that is seeded or simulated that it is', () => {
    const seeded = render(format, seededRun())
    expect(seeded).toContain('timing only, predictions not judged')
    expect(seeded).toMatch(/seeded weights: timing valid, predictions not/i)
    expect(render(format, simulatedRun())).toMatch(/simulated/)
  })

  it('names every case, the refused and the failed with their reasons', () => {
    const text = render(format, failedCaseRun())
    expect(text).toContain('fp16 stored, fp32 computed: no FP16 speedup')
    expect(text).toContain('The worker of onnxruntime-node-fp32 ended by SIGKILL.')
    expect(text).toContain('n too small (204/662)')
  })
})

describe('the HTML report', () => {
  it.each(Object.entries(runs))('is well-formed, fetches nothing and runs nothing (%s)', (_, fixture) => {
    const html = render('html', fixture())
    expect(wellFormed(html)).toEqual([])
    expect(html).not.toMatch(/<script|<link|<iframe|<img|javascript:|\son\w+=|url\(|@import|https?:/i)
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src`)
    expect(html).not.toMatch(/\sstyle=/)
    expect(html).not.toMatch(/NaN|undefined|Infinity|\bnull\b/)
  })

  it('shows text from outside as text', () => {
    const html = textFormats.html.render({ record: hostileRecord(), runFolder: '/runs/one' })
    expect(wellFormed(html)).toEqual([])
    expect(html).not.toContain(hostileText)
    expect(html).not.toMatch(/<(?:img|script)/)
  })

  it('draws no speedup bar for a refused case', () => {
    const html = render('html')
    const row = html.split('<tr>').find((part) => part.includes('speedup refused') && part.includes('<svg'))
    expect(row).toContain('class="outline"')
    expect(row?.match(/aria-label="speedup refused[^>]*>.*?<\/svg>/s)?.[0]).not.toContain('class="bar')
  })
})

describe('the Markdown report', () => {
  it('keeps every row of a table whole, whatever names hold', () => {
    const markdown = textFormats.md.render({ record: hostileRecord(), runFolder: '/runs/one' })
    for (const table of markdown.split('\n\n').filter((part) => part.startsWith('| Candidate'))) {
      const cells = table.split('\n').map((line) => line.replace(/\\./g, '').split('|').length)
      expect(new Set(cells).size).toBe(1)
    }
    expect(markdown).not.toContain(hostileText)
  })
})

describe('the CSV report', () => {
  it('has a row a case on one line each, and a cell for every column', () => {
    const lines = render('csv', digitsRun()).trimEnd().split('\r\n')
    expect(lines.length).toBe(1 + 9)
    expect(textFormats.csv.render({ record: hostileRecord(), runFolder: '' }).trimEnd().split('\n').length).toBe(1 + 8)
  })

  it('makes formulas harmless', () => {
    const csv = textFormats.csv.render({
      record: { ...completedRun().record, modelName: '=HYPERLINK("x")' },
      runFolder: '',
    })
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`)
    expect(csv).not.toMatch(/(^|,|")=HYPERLINK/m)
  })
})

describe('the JSON report', () => {
  it('holds the record, and where its samples are', () => {
    const { record } = completedRun()
    const files = record.groups.flatMap(({ groupKey, cases }) =>
      cases.map(({ caseKey }) => ({ groupKey, caseKey, file: `samples/${groupKey}/${caseKey}.ndjson` })),
    )
    expect(JSON.parse(render('json'))).toEqual({ ...record, samples: { runFolder: '/runs/one', files } })
  })
})
