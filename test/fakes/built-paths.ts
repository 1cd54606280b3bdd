// Where the app's own services find things in a test: data in a folder of the test's, the rest in the clone, and the
// workers as the test built them.
import { dirname, join } from 'node:path'
import type { Paths } from '../../electron/system/application-paths.ts'
import { resolvePaths } from '../../electron/system/paths.ts'

const repository = join(import.meta.dirname, '../..')

export function pathsWithBuiltWorkers(dataFolder: string, nodeWorkerFile: string): Paths {
  const environment = { ENGINEBENCH_HOME: dataFolder }
  const folders = { applicationFolder: repository, shippedFolder: repository, home: dataFolder }
  return {
    ...resolvePaths({ ...folders, environment, platform: process.platform }),
    nodeWorkerFile,
    samplingWorkerFile: join(dirname(nodeWorkerFile), 'sampling-worker.cjs'),
  }
}
