// Where the time of a real run goes, and what watching the machine adds to it. PyTorch on a model of tens of
// milliseconds, twice, so that two workers take turns as in any comparison.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it } from 'vitest'
import { runRecordSchema } from '../../shared/domain/run.ts'
import { type RunEvent, runEventSchema } from '../../shared/domain/run-event.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { median } from '../../shared/statistics/descriptive.ts'
import { adoptPython, testPython } from '../e2e/harness/python.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { printAbsence, printFigure } from './print-figure.ts'

const repository = join(import.meta.dirname, '../..')
const home = temporaryFolder()
const runFolder = join(home, 'run')

it('where the time of a run goes', async () => {
  if (testPython === undefined) return printAbsence('time inside timed blocks', 'no Python: run it as `npm run bench`')
  await adoptPython(home)
  const told = await eventsOfRun()
  const blocks = told.flatMap(({ event }) => (event.kind === 'block' ? [event.block] : []))
  const latencyMs = median(blocks.flatMap((block) => block.latenciesMs))
  printFigure({
    name: 'time inside timed blocks, first to last of a launch',
    value: insideShare(blocks) * 100,
    unit: '%',
    target: { atLeast: 85 },
    detail: `${blocks.length} blocks of two workers, ${latencyMs.toFixed(1)} ms a query`,
  })
  for (const [name, stages] of Object.entries(besideRounds)) {
    printFigure({ name: `${name}, beside that`, value: secondsIn(told, stages), unit: 's', target: null })
  }
  const { sampling } = runRecordSchema.parse(JSON.parse(await readFile(join(runFolder, 'run.json'), 'utf8')))
  const share = sampling?.shareOfCore ?? null
  if (share === null) return printAbsence('sampling, of one core', 'the sampling process did not tell')
  const detail = `${sampling?.samples} samples; of the GPU: ${sampling?.gpu ?? 'none'}`
  printFigure({ name: 'sampling, of one core', value: share * 100, unit: '%', target: 1, detail })
})

interface ToldEvent {
  readonly atMs: number
  readonly event: RunEvent
}

const besideRounds = {
  'starting workers and loading': ['spawn', 'load'],
  'measuring memory': ['memory'],
  'warming up': ['warmup'],
}

async function eventsOfRun(): Promise<readonly ToldEvent[]> {
  const program = join(repository, 'out/cli/enginebench.cjs')
  const model = ['--model', 'clip-vit-b32', '--weights', 'seeded', '--backends', 'torch-eager:fp32,torch-eager:fp32']
  const words = [program, 'run', ...model, '--out', runFolder, '--progress', 'jsonl']
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ENGINEBENCH_HOME: home },
  })
  const told: ToldEvent[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    const event = runEventSchema.safeParse(line.startsWith('{') ? JSON.parse(line) : null)
    if (event.success) told.push({ atMs: performance.now(), event: event.data })
  }
  return told
}

function insideShare(blocks: readonly SampleBlock[]): number {
  const insideNs = blocks.reduce((sum, { startedAtNs, endedAtNs }) => sum + endedAtNs - startedAtNs, 0)
  const [first, last] = [blocks[0], blocks.at(-1)]
  if (first === undefined || last === undefined) return Number.NaN
  return insideNs / (last.endedAtNs - first.startedAtNs)
}

/** From each telling that such a stage begins to the next telling that one does. */
function secondsIn(told: readonly ToldEvent[], stages: readonly string[]): number {
  const changes = told.flatMap(({ atMs, event }) => (event.kind === 'stage' ? [{ atMs, stage: event.stage }] : []))
  const spentMs = changes.map(({ atMs, stage }, index) =>
    stages.includes(stage) ? (changes[index + 1]?.atMs ?? atMs) - atMs : 0,
  )
  return spentMs.reduce((sum, ms) => sum + ms, 0) / 1000
}
