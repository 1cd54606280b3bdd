import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createReportWriter } from '../../../electron/report/report-writer.ts'
import type { RunFolder } from '../../../electron/services.ts'
import { openRunFolder } from '../../../electron/store/run-folder.ts'
import { createRunWriter } from '../../../electron/store/run-writer.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { rawCharactersIn } from '../../fakes/hostile-text.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { completedRun } from '../../fixtures/record.ts'

const root = temporaryFolder()
const { record, blocksOf } = completedRun()
const run: RunFolder = {
  folder: '/runs/one',
  record,
  samples: async (groupKey, caseKey) => ({ blocks: [...blocksOf(groupKey, caseKey)], tornLines: 0 }),
}
const writer = createReportWriter({ renderPdf: async (html) => Buffer.from(`%PDF of ${html.length} characters`) })
let folder = ''
let count = 0

beforeEach(() => {
  count += 1
  folder = join(root, `reports-${count}`, 'deep')
})

async function failureOf(work: Promise<unknown>): Promise<BenchError['record']> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof BenchError) return error.record
  throw new Error(`not an expected failure: ${String(error)}`)
}

describe('the report writer', () => {
  it('writes every format once into a folder that it makes', async () => {
    const files = await writer.write(run, ['json', 'csv', 'md', 'html', 'pdf', 'json'], folder, false)
    const names = ['benchmark_results.json', 'benchmark_results.csv', 'report.md', 'report.html', 'report.pdf']
    expect(files).toEqual(names.map((name) => join(folder, name)))
    expect((await readdir(folder)).sort()).toEqual([...names].sort())
    expect(JSON.parse(await readFile(join(folder, 'benchmark_results.json'), 'utf8'))).toMatchObject({
      runId: record.runId,
      samples: { runFolder: '/runs/one' },
    })
  })

  it('shows beforehand exactly what it will write', async () => {
    await writer.write(run, ['md'], folder, false)
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toBe(await writer.preview(run, 'md'))
  })

  it('refuses to replace a file, and then writes none of the others', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'report.md'), 'mine')
    expect(await failureOf(writer.write(run, ['json', 'md'], folder, false))).toEqual({
      code: 'folder-not-empty',
      stage: 'report',
      message: `report.md is in ${folder} already.`,
      remedy: 'Choose another folder, or allow the file to be replaced.',
      cause: null,
    })
    expect(await readdir(folder)).toEqual(['report.md'])
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toBe('mine')
  })

  it('replaces files that it may replace', async () => {
    await writer.write(run, ['csv'], folder, false)
    expect(await writer.write(run, ['csv'], folder, true)).toEqual([join(folder, 'benchmark_results.csv')])
  })

  it('keeps the other formats where the PDF cannot be printed, and says so', async () => {
    const failing = createReportWriter({
      renderPdf: async () => {
        throw new BenchError({
          code: 'display-unavailable',
          stage: 'report',
          message: 'There is no display.',
          remedy: 'Use a virtual one.',
        })
      },
    })
    expect(await failureOf(failing.write(run, ['pdf', 'csv'], folder, false))).toEqual({
      code: 'display-unavailable',
      stage: 'report',
      message: 'There is no display. The other formats were written.',
      remedy: 'Use a virtual one.',
      cause: null,
    })
    expect(await readdir(folder)).toEqual(['benchmark_results.csv'])
  })

  it('says so where the folder is a file', async () => {
    await mkdir(join(folder, '..'), { recursive: true })
    await writeFile(folder, '')
    expect(await failureOf(writer.write(run, ['csv'], folder, false))).toMatchObject({
      code: 'not-writable',
      message: `${folder} is not a folder.`,
    })
  })

  it.runIf(process.platform === 'linux')(
    'fault-40: says so where nothing can be written, and writes nothing',
    async () => {
      const nowhere = '/proc/enginebench/reports'
      expect(await failureOf(writer.write(run, ['csv', 'pdf'], nowhere, false))).toMatchObject({
        code: 'not-writable',
        message: `Cannot write ${nowhere}.`,
        remedy: 'Choose a folder with write permission.',
      })
    },
  )

  it('fault-40: writes one whole record, whatever happens to the run meanwhile', async () => {
    const runFolder = join(root, `ending-${count}`)
    const runWriter = await createRunWriter(runFolder)
    const states = ['running', 'completed'] as const
    await runWriter.writeRecord({ ...record, state: 'running' })
    let ended = false
    const rewriting = (async () => {
      for (let turn = 0; !ended; turn += 1)
        await runWriter.writeRecord({ ...record, state: states[turn % 2] ?? 'running' })
    })()
    for (let turn = 0; turn < 20; turn += 1) {
      const [file = ''] = await writer.write(await openRunFolder(runFolder), ['json'], folder, turn > 0)
      const { samples, state, ...rest } = JSON.parse(await readFile(file, 'utf8'))
      const { state: _state, ...whole } = record
      expect([states.includes(state), samples.runFolder, rest]).toEqual([true, runFolder, whole])
    }
    ended = true
    await rewriting
    await runWriter.close()
    expect(await readdir(folder)).toEqual(['benchmark_results.json'])
  })

  it('fault-40: makes formulas and commands in a name harmless in every file', async () => {
    const modelName = '=HYPERLINK("http://x")\u001b[2J<script>'
    await writer.write({ ...run, record: { ...record, modelName } }, ['json', 'csv', 'md', 'html'], folder, false)
    const text = async (name: string) => readFile(join(folder, name), 'utf8')
    expect(JSON.parse(await text('benchmark_results.json')).modelName).toBe(modelName)
    expect(await text('benchmark_results.csv')).toContain(`"'=HYPERLINK(""http://x"")\\u001b[2J<script>"`)
    for (const name of await readdir(folder)) expect([name, rawCharactersIn(await text(name))]).toEqual([name, []])
    expect(await text('report.html')).not.toContain('<script>')
  })
})
