// The built program beside run folders that no run wrote, with names that nobody should give, and on a system that gives it
// next to nothing.
import { execFile } from 'node:child_process'
import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test, vi } from 'vitest'
import { exampleRecord } from '../../fakes/example-record.ts'
import { rawCharactersIn } from '../../fakes/hostile-text.ts'
import { buildProgram, runProgram } from '../../fakes/program.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

const folder = temporaryFolder()
const home = join(folder, 'home')
const runs = join(home, 'runs')
const modelName = 'CLIP\u202e\u001b]0;owned\u0007\0'

beforeAll(async () => {
  await buildProgram()
  for (const name of ['hostile', 'pipe', 'huge']) await mkdir(join(runs, name), { recursive: true })
  const hostile = exampleRecord({ runId: 'hostile', modelName, notes: [modelName] })
  await writeFile(join(runs, 'hostile', 'run.json'), JSON.stringify(hostile))
  await promisify(execFile)('mkfifo', [join(runs, 'pipe', 'run.json')])
  await writeFile(join(runs, 'huge', 'run.json'), '')
  await truncate(join(runs, 'huge', 'run.json'), 600 * 1024 * 1024)
})

test('a pipe and a huge file are told, the run beside them is listed, and no name is a command', async () => {
  const { code, stdout, stderr } = await runProgram(['runs'], home)
  expect({ code, raw: rawCharactersIn(stdout + stderr) }).toEqual({ code: 0, raw: [] })
  expect(stdout).toContain('CLIP\\u202e\\u001b]0;owned\\u0007\\u0000')
  expect(stderr.trim().split('\n').sort()).toEqual([
    expect.stringContaining(`${join(runs, 'huge', 'run.json')} has 629 MB, and at most 268 MB are read.`),
    expect.stringContaining(`${join(runs, 'pipe', 'run.json')} is a pipe, not a file.`),
  ])
})

test('the same as JSON is JSON, with the name as it is', async () => {
  const { code, stdout, stderr } = await runProgram(['runs', '--json'], home)
  expect({ code, stderr, raw: rawCharactersIn(stdout) }).toEqual({ code: 0, stderr: '', raw: [] })
  const listed = JSON.parse(stdout)
  expect(listed.runs.map((run: { modelName: string }) => run.modelName)).toEqual([modelName])
  expect(listed.unreadable.map((run: { problem: { code: string } }) => run.problem.code)).toEqual([
    'record-unreadable',
    'record-unreadable',
  ])
})

test('a report of a pipe or of a huge file is refused in a sentence', async () => {
  for (const [name, words] of [
    ['pipe', 'is a pipe, not a file.'],
    ['huge', 'has 629 MB, and at most 268 MB are read.'],
  ] as const) {
    const { code, stdout, stderr } = await runProgram(['report', join(runs, name)], home)
    expect({ code, stdout, lines: stderr.trim().split('\n') }).toEqual({
      code: 1,
      stdout: '',
      lines: [`error: ${join(runs, name, 'run.json')} ${words}`, expect.stringMatching(/^Put the file/)],
    })
  }
})

test('a report of a hostile name holds it by its escapes', async () => {
  const out = join(folder, 'report')
  expect((await runProgram(['report', join(runs, 'hostile'), '--out', out], home)).code).toBe(0)
  expect((await readdir(out)).length).toBe(4)
})

test('with 32 open files a command ends in a sentence or does its work, and shows no stack', async () => {
  const few = ['sh', '-c', 'ulimit -n 32; exec "$@"', 'sh']
  const commands = [
    ['runs'],
    ['models'],
    ['doctor'],
    ['run', '--model', 'digits', '--backends', 'onnxruntime-node:fp32,onnxruntime-node:int8', '--preset', 'quick'],
  ]
  for (const words of commands) {
    const { code, stdout, stderr } = await runProgram(words, home, few)
    expect([words[0], stderr + stdout]).toEqual([
      words[0],
      expect.not.stringMatching(/\n\s+at .*:\d+:\d+|node:internal/),
    ])
    if (code !== 0) expect([words[0], stderr]).toEqual([words[0], expect.stringMatching(/error: |failed/)])
  }
})
