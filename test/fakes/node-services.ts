// The app's own services over the bundled Node worker, for a test file: built before its tests, ended after them.
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createServices } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { buildNodeWorker } from './built-node-worker.ts'
import { pathsWithBuiltWorkers } from './built-paths.ts'

/** To be called as the file is read; gives the services within its tests alone. */
export function nodeServices(root: string): () => Services {
  let services: Services | null = null
  let workerFile = ''
  beforeAll(async () => {
    workerFile = await buildNodeWorker()
    services = createServices({
      paths: pathsWithBuiltWorkers(root, workerFile),
      renderPdf: () => Promise.reject(new Error('No report is printed here.')),
    })
  }, 120_000)
  afterAll(async () => {
    await services?.runs.shutdown()
    if (workerFile !== '') await rm(dirname(workerFile), { recursive: true, force: true })
  })
  return () => {
    if (services === null) throw new Error('The services are there once the tests of the file begin.')
    return services
  }
}
