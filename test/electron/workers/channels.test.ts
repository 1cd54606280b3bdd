import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spawnPythonWorker } from '../../../electron/workers/channels.ts'

/** Of a worker whose program prints them and ends. */
async function variablesOf(place: Parameters<typeof spawnPythonWorker>[2]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'enginebench-channels-'))
  const program = join(folder, 'python')
  await writeFile(program, '#!/bin/sh\nenv\n', { mode: 0o755 })
  const lines: string[] = []
  await new Promise<void>((resolve, reject) => {
    spawnPythonWorker(program, folder, place).listen({
      message: () => {},
      unreadable: () => {},
      log: (line) => lines.push(line),
      exited: () => resolve(),
      notStarted: reject,
    })
  })
  await rm(folder, { recursive: true })
  return lines.filter((line) => /^(CUDA_VISIBLE_DEVICES|ENGINEBENCH_ENGINE_CACHE)=/.test(line)).toSorted()
}

test.skipIf(process.platform === 'win32')(
  'a worker sees the card it may use and the folder of its engines',
  async () => {
    expect(await variablesOf({ visibleGpu: 'GPU-1', engineCacheFolder: '/cache/engines' })).toEqual([
      'CUDA_VISIBLE_DEVICES=GPU-1',
      'ENGINEBENCH_ENGINE_CACHE=/cache/engines',
    ])
  },
)
