// A conversion service on a folder, with workers that only write small files, and one model that PyTorch would export.

import { join } from 'node:path'
import type { RequestHandlers } from '../../electron/backends/backend-driver.ts'
import type { ConversionDependencies } from '../../electron/conversions/conversion-parts.ts'
import { createConversionService } from '../../electron/conversions/conversion-service.ts'
import { createKeyedArtifacts } from '../../electron/conversions/keyed-artifacts.ts'
import { createPluginStore } from '../../electron/conversions/plugin-library.ts'
import type { PreparedImageSet } from '../../electron/parity/image-sets.ts'
import { createTurns } from '../../electron/turns.ts'
import type { BackendStatus } from '../../shared/domain/backend.ts'
import type { ConversionEvent } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../shared/planning/recipe.ts'
import { convertingTasks } from './converting-worker.ts'
import { exampleManifest } from './example-manifest.ts'
import { fakeTasks } from './task-worker.ts'

export const manifest = exampleManifest()

const imageSet: PreparedImageSet = {
  input: { file: '/images.npy', sha256: 'a'.repeat(64), shape: [12, 3, 4, 4] },
  images: { source: 'shipped photographs', found: 12, used: 12, notUsed: 0, skipped: [] },
  labels: null,
  photographs: null,
  source: 'shipped photographs',
  sha256: 'b'.repeat(64),
}

const builder: BackendStatus = {
  id: 'tensorrt',
  runsIn: 'python',
  available: false,
  reason: 'no NVIDIA driver',
  remedy: 'Install one.',
  version: null,
  precisions: [],
  devices: [],
  licence: null,
  optionsSchema: null,
  builder: { available: true, reason: null, remedy: null, library: 'TensorRT 11.4', precisions: ['fp16'] },
}

const python: BackendStatus = {
  ...builder,
  id: 'torch-eager',
  available: true,
  reason: null,
  remedy: null,
  builder: null,
}

export interface ConversionBench {
  readonly parts: ConversionDependencies
  readonly service: ReturnType<typeof createConversionService>
  readonly calls: string[]
  readonly events: ConversionEvent[]
}

export function conversionBench(
  folder: string,
  workers: RequestHandlers = {},
  changes: Partial<ConversionDependencies> = {},
): ConversionBench {
  const tasks = fakeTasks({ ...convertingTasks, ...workers })
  let suffix = 0
  const parts: ConversionDependencies = {
    models: {
      list: async () => [manifest],
      find: async () => ({ manifest, folder: '/models/tiny' }),
      trust: async () => {},
    },
    describeBackend: async (id) => (id === 'torch-eager' ? python : builder),
    keyed: createKeyedArtifacts(join(folder, 'artifacts'), () => new Date('2026-01-02T03:04:05Z')),
    openTaskWorker: tasks.open,
    toolVersions: async () => ({ torch: '2' }),
    gpus: async () => [],
    plugins: createPluginStore(join(folder, 'plugins')),
    images: { evaluation: async () => imageSet, calibration: async () => imageSet },
    judgeArtifact: async () => ({
      verdict: 'pass',
      reason: 'cosine 1',
      byBatchSize: [],
      comparedBy: 'a fake',
      isOfParent: false,
    }),
    takeTurn: createTurns(),
    conversionsFolder: join(folder, 'conversions'),
    timingFolder: join(folder, 'timing'),
    threads: 2,
    utcNow: () => new Date('2026-01-02T03:04:05Z'),
    nowMs: () => 0,
    randomSuffix: () => `k${suffix++}`,
    log: () => {},
    ...changes,
  }
  const service = createConversionService(parts)
  const events: ConversionEvent[] = []
  service.subscribe((event) => events.push(event))
  return { parts, service, calls: tasks.calls, events }
}

export function exampleRecipe(changes: Partial<Recipe> = {}): Recipe {
  return { ...defaultRecipe(manifest, 'tensorrt', 'fp16'), weights: { kind: 'seeded' }, ...changes }
}
