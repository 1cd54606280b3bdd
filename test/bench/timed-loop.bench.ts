import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { it } from 'vitest'
import { z } from 'zod'
import { measureBlock } from '../../electron/workers/onnxruntime-node/loops.ts'
import { median } from '../../shared/statistics/descriptive.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import { printAbsence, printFigure } from './print-figure.ts'

const repository = join(import.meta.dirname, '../..')
const rule = { targetMs: 1, minimumSamples: 100_000, capMs: 60_000, floorSamples: 100_000 }
const blockSchema = z.object({ wallNs: z.number(), latenciesMs: z.array(z.number()) })

function printOverhead(language: string, latenciesMs: readonly number[], wallNs: number): void {
  const samples = latenciesMs.length
  printFigure({
    name: `timed loop in ${language}: a query of nothing reads`,
    value: median(latenciesMs) * 1000,
    unit: 'µs',
    target: 2,
    detail: `median of ${samples} samples`,
  })
  printFigure({
    name: `timed loop in ${language}: wall time of a sample of nothing`,
    value: wallNs / samples / 1000,
    unit: 'µs',
    target: 2,
    detail: 'clock reads, recording and the check for cancelling included',
  })
}

it('costs of the timed loop in Node', async () => {
  const nothing = async (): Promise<void> => {}
  let block: RequestResult<'measure-block'> | null = null
  for (let turn = 0; turn < 3; turn++) block = await measureBlock(nothing, rule, () => false)
  if (block) printOverhead('Node', block.latenciesMs, block.endedAtNs - block.startedAtNs)
})

it('costs of the timed loop in Python', async () => {
  const interpreter = process.env.ENGINEBENCH_TEST_PYTHON ?? 'python3'
  const script = join(import.meta.dirname, 'null_loop.py')
  const environment = { ...process.env, PYTHONPATH: join(repository, 'electron/python'), PYTHONDONTWRITEBYTECODE: '1' }
  const ran = await promisify(execFile)(interpreter, [script], {
    env: environment,
    maxBuffer: 16 * 1024 * 1024,
  }).catch((error: Error) => error)
  if (ran instanceof Error) return printAbsence('timed loop in Python', ran.message.split('\n')[0] ?? '')
  const { wallNs, latenciesMs } = blockSchema.parse(JSON.parse(ran.stdout))
  printOverhead('Python', latenciesMs, wallNs)
})
