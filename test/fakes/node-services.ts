// The app's own services over the bundled Node worker, for a test file: made before its tests, ended after them.
import { afterAll, beforeAll } from 'vitest'
import { createServices, type ServiceDependencies } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { buildNodeWorker } from './built-node-worker.ts'
import { pathsWithBuiltWorkers } from './built-paths.ts'

/** Call it while the file is read; it gives the services only within the tests of the file. */
export function nodeServices(root: string, parts: Pick<ServiceDependencies, 'preflight'> = {}): () => Services {
  let services: Services | null = null
  beforeAll(async () => {
    services = createServices({
      paths: pathsWithBuiltWorkers(root, await buildNodeWorker()),
      renderPdf: () => Promise.reject(new Error('No report is printed here.')),
      ...parts,
    })
  }, 120_000)
  afterAll(() => services?.runs.shutdown())
  return () => {
    if (services === null) throw new Error('The services exist only within the tests of the file.')
    return services
  }
}
