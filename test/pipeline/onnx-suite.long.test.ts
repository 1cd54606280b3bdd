// The operator tests, simple models and light models of the `onnx` package, as a peer's test suite: each is run, or refused
// with the reason, and none is wrong. With ENGINEBENCH_KEEP_RESULTS the table is kept in docs/results/onnx-suite.md.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inspectModel } from '../../electron/models/model-inspection.ts'
import { ownModelManifest } from '../../electron/models/own-model-manifest.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const python = process.env.ENGINEBENCH_TEST_PYTHON ?? ''
const isLong = process.env.ENGINEBENCH_LONG === '1'
const repository = join(import.meta.dirname, '../..')

/** `library`: ONNX Runtime by itself gives other values than the standard, and the worker gives the same. */
type Result = readonly [state: 'run' | 'refused' | 'wrong' | 'library', why: string]

test.skipIf(!isLong || python === '')(
  'of the models of the onnx package, each is run or refused with the reason',
  async () => {
    const folder = join(root, 'suite')
    mkdirSync(folder)
    suite('write', folder)
    const refused: Record<string, Result> = {}
    const manifests: Record<string, unknown> = {}
    const names = readdirSync(folder)
    for (const name of names) {
      const copy = join(root, `copy-${name}`)
      mkdirSync(copy)
      try {
        const facts = await inspectModel(join(folder, name, 'model.onnx'), copy)
        manifests[name] = ownModelManifest(join(folder, name, 'model.onnx'), facts, facts.sha256)
      } catch (error) {
        if (!(error instanceof BenchError)) throw error
        refused[name] = ['refused', `${error.record.code}: ${error.record.message}`]
      } finally {
        rmSync(copy, { recursive: true })
      }
    }
    writeFileSync(join(folder, 'manifests.json'), JSON.stringify(manifests))
    suite('run', folder)
    const ran: Record<string, Result> = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'))
    const results = { ...refused, ...ran }
    // Thousands of files take longer than a hook may.
    rmSync(folder, { recursive: true })
    if (process.env.ENGINEBENCH_KEEP_RESULTS !== undefined) {
      writeFileSync(join(repository, 'docs/results/onnx-suite.md'), page(results))
    }
    expect(Object.keys(results).toSorted()).toEqual(names.toSorted())
    expect(Object.entries(results).filter(([, [state]]) => state === 'wrong')).toEqual([])
    expect(Object.entries(results).filter(([name, [state]]) => name.startsWith('light') && state !== 'run')).toEqual([])
  },
  60 * 60_000,
)

function suite(command: 'write' | 'run', folder: string): void {
  execFileSync(python, [join(import.meta.dirname, 'onnx_suite.py'), command, folder], {
    env: { ...process.env, PYTHONPATH: join(repository, 'electron/python'), PYTHONDONTWRITEBYTECODE: '1' },
    maxBuffer: 64 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** What differs between models of one kind of reason is left out, so that the reasons can be counted. */
function kindOf(why: string): string {
  return why
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\b[\w./-]*model\.onnx/g, 'the file')
    .replaceAll(/\[[^\]]*\]/g, '[…]')
    .replaceAll(/\d+/g, 'n')
    .slice(0, 160)
}

function page(results: Readonly<Record<string, Result>>): string {
  const all = Object.entries(results).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const of = (state: Result[0]) => all.filter(([, [found]]) => found === state)
  const counts = new Map<string, string[]>()
  for (const [name, [, why]] of of('refused')) counts.set(kindOf(why), [...(counts.get(kindOf(why)) ?? []), name])
  const reasons = [...counts].toSorted(([, one], [, other]) => other.length - one.length)
  return [
    '# The test suite of the onnx package',
    'Written by `test/pipeline/onnx-suite.long.test.ts`: every operator test, simple model and light model of `onnx.backend.test`,\ninspected and run in ONNX Runtime as a case is, and compared with the expected outputs.',
    `| Run | Refused | Run, where ONNX Runtime itself differs from the standard | Wrong |\n| --- | --- | --- | --- |\n| ${of('run').length} | ${of('refused').length} | ${of('library').length} | ${of('wrong').length} |`,
    '## Refused, by reason',
    [
      '| Models | Reason | For example |',
      '| --- | --- | --- |',
      ...reasons.map(([why, names]) => `| ${names.length} | ${why.replaceAll('|', '\\|')} | \`${names[0]}\` |`),
    ].join('\n'),
    '## ONNX Runtime itself differs',
    of('library')
      .map(([name, [, why]]) => `- \`${name}\`: ${why}`)
      .join('\n') || 'None.',
    '## Wrong',
    of('wrong')
      .map(([name, [, why]]) => `- \`${name}\`: ${why}`)
      .join('\n') || 'None.',
    '',
  ].join('\n\n')
}
