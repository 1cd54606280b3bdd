// The Node workers as they ship: bundled, since a forked Node does not read TypeScript. Built once for the current
// sources into out/test-workers, which all tests share; the app uses another folder.

import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createBuilder } from 'vite'
import { hashOf, withFolderLock } from '../../scripts/folders.mjs'

const repository = join(import.meta.dirname, '../..')
const folder = join(repository, 'out', 'test-workers')

/** @returns the program of the ONNX Runtime worker; the sampling worker is beside it. */
export async function buildNodeWorker(): Promise<string> {
  const name = hashOf(repository, ['shared', 'electron', 'vite.config.ts', 'package-lock.json']).slice(0, 16)
  const built = join(folder, name)
  if (!existsSync(built)) {
    await withFolderLock(join(folder, name), async () => {
      if (!existsSync(built)) await build(built)
    })
  }
  return join(built, 'onnxruntime-node-worker.cjs')
}

/** Replaces the builds of older sources. */
async function build(target: string): Promise<void> {
  const unfinished = join(folder, `unfinished-${process.pid}`)
  const builder = await createBuilder({
    configFile: join(repository, 'vite.config.ts'),
    logLevel: 'error',
    environments: { workers: { build: { outDir: unfinished } } },
  })
  const { workers } = builder.environments
  if (!workers) throw new Error('vite.config.ts does not define the environment "workers"')
  await builder.build(workers)
  for (const old of await readdir(folder)) {
    if (/^[0-9a-f]{16}$/.test(old)) await rm(join(folder, old), { recursive: true, force: true })
  }
  await rename(unfinished, target)
}
