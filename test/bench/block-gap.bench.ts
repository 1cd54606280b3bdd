// How long nothing is measured between two blocks: the command, the message, the fsync of the samples.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { it } from 'vitest'
import { sampleBlockSchema } from '../../shared/domain/sample-block.ts'
import { percentile } from '../../shared/statistics/descriptive.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { printFigure } from './print-figure.ts'

const repository = join(import.meta.dirname, '../..')
const home = temporaryFolder()
const runFolder = join(home, 'run')

it('the gap between blocks of a run', async () => {
  const program = join(repository, 'out/cli/enginebench.cjs')
  const backends = 'onnxruntime-node:fp32,onnxruntime-node:fp16,onnxruntime-node:int8'
  const words = [program, 'run', '--model', 'digits', '--backends', backends, '--out', runFolder, '--progress', 'none']
  await promisify(execFile)(process.execPath, words, { env: { ...process.env, ENGINEBENCH_HOME: home } })
  const files = await readdir(join(runFolder, 'samples'), { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
  )
  const blocks = texts
    .flatMap((text) => text.trim().split('\n'))
    .map((line) => sampleBlockSchema.parse(JSON.parse(line)))
    .toSorted((a, b) => a.startedAtNs - b.startedAtNs)
  const gapsMs = blocks.slice(1).map((block, index) => (block.startedAtNs - (blocks[index]?.endedAtNs ?? 0)) / 1e6)
  const detail = `of ${gapsMs.length} gaps between blocks of three workers`
  printFigure({ name: 'gap between blocks, median', value: percentile(gapsMs, 0.5), unit: 'ms', target: 10, detail })
  printFigure({ name: 'gap between blocks, p95', value: percentile(gapsMs, 0.95), unit: 'ms', target: null, detail })
})
