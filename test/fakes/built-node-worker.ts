// The Node worker as it ships: bundled, since a forked Node does not read TypeScript. Built once into out/, apart from
// what the app uses.
import { join } from 'node:path'
import { createBuilder } from 'vite'

const repository = join(import.meta.dirname, '../..')

export async function buildNodeWorker(): Promise<string> {
  const outDir = join(repository, 'out', `test-workers-${process.pid}`)
  const builder = await createBuilder({
    configFile: join(repository, 'vite.config.ts'),
    logLevel: 'error',
    environments: { workers: { build: { outDir } } },
  })
  const { workers } = builder.environments
  if (!workers) throw new Error('vite.config.ts names no environment «workers»')
  await builder.build(workers)
  return join(outDir, 'onnxruntime-node-worker.cjs')
}
