// What a user sees of the command line when something is wrong: exit code, one line of error, one of remedy, no stack,
// nothing half-written, no process left. Runs the built program.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { runRecordSchema } from '../../../shared/domain/run.ts'
import { runEventSchema } from '../../../shared/domain/run-event.ts'
import { externalTensor, modelBytes, tinyGraph } from '../../fakes/onnx-model.ts'
import {
  buildProgram,
  type ProgramResult,
  runProgram,
  startLauncher,
  startProgram,
  startUnderNpm,
} from '../../fakes/program.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const folder = temporaryFolder()
const home = join(folder, 'home')
const simulated = ['run', '--model', 'digits', '--backends', 'simulated:fp32', '--progress', 'none']

beforeAll(async () => {
  await buildProgram()
  await mkdir(join(folder, 'empty'))
  await mkdir(join(folder, 'occupied'))
  await writeFile(join(folder, 'occupied', 'notes.txt'), 'mine')
  await writeFile(join(folder, 'file'), '')
  await writeFile(join(folder, 'corrupt.onnx'), 'this is no model')
  const escaping = externalTensor('weights', [4, 3], '../outside.bin')
  await writeFile(join(folder, 'escaping.onnx'), modelBytes(tinyGraph({ initializer: [escaping] })))
})

/** An error is two lines, what failed and what to do, and neither shows the inside of the program. */
function expectRefusal({ code, stdout, stderr }: ProgramResult, exitCode: number, message: RegExp): void {
  expect(stderr).toMatch(message)
  const lines = stderr.trim().split('\n')
  expect(lines.filter((line) => line.startsWith('error: '))).toHaveLength(1)
  expect(lines.at(-2)).toMatch(/^error: \S/)
  expect(lines.at(-1)).toMatch(/\S/)
  expect(stderr + stdout).not.toMatch(/\n\s+at .*:\d+:\d+|node:internal/)
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
}

describe('what was typed wrongly ends with 2 before anything starts', () => {
  test.each([
    ['a command that is none', ['fly'], /no command "fly"/],
    ['an option that is none', [...simulated, '--modle', 'digits'], /no option --modle/],
    ['a model that is none', ['run', '--model', 'nope', '--backends', 'simulated'], /"nope" was not found/],
    [
      'a model file that is not there',
      ['run', '--model', 'none.onnx', '--backends', 'simulated'],
      /none\.onnx was not found/,
    ],
    ['a backend that is none', ['run', '--model', 'digits', '--backends', 'magic:fp32'], /no backend "magic"/],
    ['batch 0', [...simulated, '--batch', '0'], /--batch cannot be "0"/],
    [
      'a folder of images for a model with a test set',
      [...simulated, '--images', '/no/such/folder'],
      /--images does not apply to .*: it is measured on its own test set/,
    ],
    ['a batch beyond the profile', [...simulated, '--batch', '100000'], /Batch 100000 is outside/],
    [
      'an image folder that is not there',
      ['run', '--model', 'clip-vit-b32', '--backends', 'simulated', '--images', './none'],
      /cannot be opened/,
    ],
    [
      'a run resumed with a plan of its own',
      ['run', '--resume', './done', '--batch', '2'],
      /--batch does not apply with --resume/,
    ],
    ['a folder to resume that is no run', ['run', '--resume', './nowhere'], /is not a run folder/],
    ['a run that is none', ['report', 'no-such-run'], /Run no-such-run was not found/],
    ['a set-up that is none', ['setup', 'java'], /nothing to set up called "java"/],
    ['a torch too old', ['setup', 'python', '--torch-version', '2.9.0'], /torch 2\.9\.0/],
    ['a licence not accepted', ['setup', 'python', '--environment', 'yolo'], /AGPL-3\.0/],
  ])('%s', async (_what, words, message) => {
    expectRefusal(await runProgram(words, home), 2, message)
  })

  test('an empty image folder', async () => {
    const words = ['run', '--model', 'clip-vit-b32', '--backends', 'simulated', '--images', join(folder, 'empty')]
    expectRefusal(await runProgram(words, home), 2, /holds no JPEG/)
  })

  test('an --out that holds something, which is left as it was', async () => {
    const occupied = join(folder, 'occupied')
    expectRefusal(await runProgram([...simulated, '--out', occupied], home), 2, /is not empty/)
    expect(await readdir(occupied)).toEqual(['notes.txt'])
  })

  test('several faults of options and of the plan, all at once', async () => {
    const words = [...simulated, '--cold-start', '3', '--threds', '2', '--batch', '100000', '--images', 'x']
    const { code, stdout, stderr } = await runProgram(words, home)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([
      'error: This command has 4 errors:',
      '  run has no option --threds. Did you mean --threads?',
      '  --cold-start cannot be "3". Give a whole number from 5 to 50.',
      expect.stringMatching(/^ {2}--images does not apply to /),
      expect.stringMatching(/^ {2}Batch 100000 is outside /),
      'Nothing was started. For every option and its range: enginebench run --help',
    ])
  })

  test('none of it wrote a run', async () => {
    expect(await readdir(join(home, 'runs')).catch(() => [])).toEqual([])
  })
})

describe('what cannot be done ends with 1', () => {
  test.each([
    ['a model file that is no model', 'corrupt.onnx', /model file cannot be used/],
    ['a model whose data lies outside its folder', 'escaping.onnx', /outside|refused|cannot be used/],
  ])('%s', async (_what, file, message) => {
    expectRefusal(
      await runProgram(['run', '--model', join(folder, file), '--backends', 'onnxruntime-node'], home),
      1,
      message,
    )
  })

  test('an --out below a file', async () => {
    const result = await runProgram([...simulated, '--out', join(folder, 'file', 'run')], home)
    expect([1, 2]).toContain(result.code)
    expectRefusal(result, result.code ?? 0, /error: /)
  })

  test('no Python at all, with the way to get one', async () => {
    const result = await runProgram(['setup', 'python'], home, ['env', 'PATH=/nowhere'])
    expectRefusal(result, 1, /No Python was found/)
    expect(result.stderr).toContain('Install Python 3.10 or newer')
  })

  test('a disk that is full: said so before anything runs, and no half-written file is left', async () => {
    const disk = join(folder, 'small-disk')
    await mkdir(disk)
    const seen = join(folder, 'seen')
    // A disk of 64 KiB that this one process sees; afterwards it lists what is left there.
    const script = `mount -t tmpfs -o size=64k none '${disk}' || exit 99; "$@"; code=$?; ls -R '${disk}' > '${seen}'; exit $code`
    const smallDisk = ['unshare', '-rm', 'sh', '-c', script, 'sh']
    const result = await runProgram([...simulated, '--out', join(disk, 'run')], home, smallDisk)
    if (result.code === 99 || result.stderr.startsWith('unshare:')) return
    expectRefusal(result, 1, /The disk is full: cannot write/)
    expect(await readFile(seen, 'utf8')).not.toMatch(/json|unfinished/)
  })
})

test('with --json an error is one JSON document as well', async () => {
  const { code, stdout } = await runProgram(['run', '--model', 'nope', '--json'], home)
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'unknown-model',
      stage: 'plan',
      message: expect.any(String),
      remedy: expect.any(String),
      cause: null,
    },
  })
})

test('a finished run prints its record alone on stdout and its events as JSON lines on stderr', async () => {
  const out = join(folder, 'done')
  const words = [
    'run',
    '--model',
    'digits',
    '--backends',
    'simulated:fp32,simulated:fp32',
    '--json',
    '--progress',
    'jsonl',
    '--out',
    out,
  ]
  const { code, stdout, stderr } = await runProgram(words, home)
  expect(code).toBe(0)
  const record = runRecordSchema.parse(JSON.parse(stdout))
  expect(record).toMatchObject({ state: 'completed', simulated: true })
  expect(JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))).toEqual(record)
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => runEventSchema.parse(JSON.parse(line)))
  expect([events[0]?.kind, events.at(-1)?.kind]).toEqual(['run-started', 'run-ended'])
  expectRefusal(await runProgram(['run', '--resume', out], home), 2, /is completed: there is nothing to resume/)
})

test('a named backend that cannot run is a skipped case, and the run ends with 3', async () => {
  const words = [
    'run',
    '--model',
    'digits',
    '--backends',
    'simulated:fp32,torch-eager:fp32',
    '--json',
    '--progress',
    'none',
  ]
  const { code, stdout } = await runProgram(words, home)
  expect(code).toBe(3)
  const cases = runRecordSchema.parse(JSON.parse(stdout)).groups.flatMap((group) => group.cases)
  expect(cases.map(({ caseKey, state }) => [caseKey, state])).toEqual([
    ['simulated-fp32', 'completed'],
    ['torch-eager-fp32', 'skipped'],
  ])
})

describe.runIf(process.platform === 'linux')('interrupted while it measures', () => {
  const measuring = (out: string) => [
    ...['run', '--model', 'digits', '--backends', 'onnxruntime-node:fp32', '--preset', 'standard', '--out', out],
  ]

  test('Ctrl+C keeps what is done, leaves no process and ends with 130', async () => {
    const out = join(folder, 'cancelled')
    const running = startProgram(measuring(out), home)
    await running.untilNoted(/round 1 of/)
    const workers = await childrenOf(running.child.pid)
    expect(workers.length).toBeGreaterThan(0)
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(await alive(workers)).toEqual([])
    const record = runRecordSchema.parse(JSON.parse(await readFile(join(out, 'run.json'), 'utf8')))
    expect(record.state).toBe('cancelled')
  })

  test('fault-36 a second run waits for the first, says so, and takes its turn when the first ends', async () => {
    const first = startProgram(measuring(join(folder, 'first')), home)
    await first.untilNoted(/round 1 of/)
    const out = join(folder, 'second')
    const second = startProgram([...simulated.slice(0, -2), '--out', out], home)
    await second.untilNoted(/Another Enginebench measures or converts on this machine/)
    first.child.kill('SIGINT')
    expect([(await first.ended).code, (await second.ended).code]).toEqual([130, 0])
    expect((await readdir(home)).filter((name) => name.startsWith('turn.lock'))).toEqual([])
    const records = await Promise.all(
      ['first', 'second'].map(async (name) =>
        runRecordSchema.parse(JSON.parse(await readFile(join(folder, name, 'run.json'), 'utf8'))),
      ),
    )
    expect(records.map(({ state }) => state)).toEqual(['cancelled', 'completed'])
  })

  test.each([
    ['npm', startUnderNpm],
    ['the launcher', startLauncher],
  ])('when %s that started it is killed, it cancels as on Ctrl+C and gives the turn back', async (name, startWith) => {
    const out = join(folder, `orphaned-${name.length}`)
    const running = startWith(measuring(out), home)
    await running.untilNoted(/round 1 of/)
    running.child.kill('SIGKILL')
    // Its streams close when the last process that holds them ends.
    await running.ended
    const record = runRecordSchema.parse(JSON.parse(await readFile(join(out, 'run.json'), 'utf8')))
    expect(record.state).toBe('cancelled')
    expect(await readdir(home)).not.toContain('turn.lock')
  })

  test('a worker that is killed fails its case, and the run says so in the exit code', async () => {
    const out = join(folder, 'killed-worker')
    const running = startProgram(measuring(out), home)
    await running.untilNoted(/round 1 of/)
    for (const pid of await childrenOf(running.child.pid)) process.kill(pid, 'SIGKILL')
    expect([1, 3]).toContain((await running.ended).code)
    const record = runRecordSchema.parse(JSON.parse(await readFile(join(out, 'run.json'), 'utf8')))
    expect(record.groups[0]?.cases[0]).toMatchObject({ state: 'failed', error: { remedy: expect.any(String) } })
  })

  test('killed outright, it leaves no process, and the run is listed as interrupted', async () => {
    const running = startProgram(measuring(join(home, 'runs', 'killed')), home)
    await running.untilNoted(/round 1 of/)
    const workers = await childrenOf(running.child.pid)
    running.child.kill('SIGKILL')
    await running.ended
    await vi.waitFor(async () => expect(await alive(workers)).toEqual([]), { timeout: 5000, interval: 50 })
    const { stdout } = await runProgram(['runs', '--json'], home)
    const states = JSON.parse(stdout).runs.map(({ state }: { state: string }) => state)
    expect(states).toContain('interrupted')
  })
})

async function childrenOf(pid: number | undefined): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(/\s+/).filter(Boolean).map(Number)
}

async function alive(pids: readonly number[]): Promise<readonly number[]> {
  const states = await Promise.all(
    pids.map((pid) =>
      readFile(`/proc/${pid}/stat`, 'utf8').then(
        (stat) => (/\) Z/.test(stat) ? null : pid),
        () => null,
      ),
    ),
  )
  return states.filter((pid) => pid !== null)
}
