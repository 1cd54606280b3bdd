// Inspecting a user's file with a gigabyte of external data: every byte is hashed and copied into a private folder.
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'vitest'
import { inspectModel } from '../../electron/models/model-inspection.ts'
import { externalTensor, modelBytes, tinyGraph } from '../fakes/onnx-model.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { printFigure } from './print-figure.ts'

const gibibyte = 1024 ** 3
const megabyte = 1e6

it('inspecting a gigabyte of external data', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'large.onnx')
  await writeFile(
    file,
    modelBytes(tinyGraph({ initializer: [externalTensor('weights', [4, gibibyte / 16], 'w.bin')] })),
  )
  const data = await open(join(folder, 'w.bin'), 'w')
  const piece = Buffer.alloc(64 * 1024 ** 2, 7)
  for (let written = 0; written < gibibyte; written += piece.length) await data.write(piece)
  await data.close()
  await mkdir(join(folder, 'copy'))
  const beforeBytes = process.memoryUsage().rss
  let peakBytes = beforeBytes
  const startedAt = performance.now()
  await inspectModel(file, join(folder, 'copy'), () => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  })
  const elapsedMs = performance.now() - startedAt
  const detail = 'hashed and copied into a private folder'
  printFigure({ name: '1 GiB of external data inspected', value: elapsedMs, unit: 'ms', target: 2000, detail })
  const grownMb = (peakBytes - beforeBytes) / megabyte
  printFigure({
    name: 'memory of inspecting it',
    value: grownMb,
    unit: 'MB',
    target: 200,
    detail: 'beyond what the process had',
  })
})
