// The app's own services in a data folder of their own, with the Python environments that the tests were given.

import { join } from 'node:path'
import { createServices } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { resolvePaths } from '../../electron/system/paths.ts'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionTarget } from '../../shared/domain/artifact-kind.ts'
import type { ConversionRecord } from '../../shared/domain/conversion.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { type EnvironmentName, environmentNameSchema } from '../../shared/domain/python-environment.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../shared/planning/recipe.ts'

export const testMain = process.env.ENGINEBENCH_TEST_PYTHON ?? null
export const testYolo = process.env.ENGINEBENCH_TEST_YOLO_PYTHON ?? null
export const testOpenvino = process.env.ENGINEBENCH_TEST_OPENVINO_PYTHON ?? null
export const testBuilder = process.env.ENGINEBENCH_TEST_TENSORRT_PYTHON ?? null

export async function conversionServices(
  home: string,
  environments: Partial<Readonly<Record<EnvironmentName, string | null>>>,
  /** For files of the user's, which it inspects; the app's own where it is not given. */
  nodeWorkerFile?: string,
): Promise<Services> {
  const repository = join(import.meta.dirname, '../..')
  const paths = resolvePaths({
    applicationFolder: repository,
    shippedFolder: repository,
    environment: { ENGINEBENCH_HOME: home },
    platform: process.platform,
    home,
  })
  const services = createServices({
    paths: { ...paths, nodeWorkerFile: nodeWorkerFile ?? paths.nodeWorkerFile },
    renderPdf: () => Promise.reject(new Error('Nothing is printed here.')),
  })
  for (const name of environmentNameSchema.options) {
    const interpreter = environments[name] ?? null
    if (interpreter !== null) await services.pythonEnvironments.adopt(name, interpreter)
  }
  return services
}

export async function recipeFor(
  services: Services,
  model: string,
  to: ConversionTarget,
  precision: Precision,
  elsewhere: 'fp32' | 'fp16' = 'fp32',
): Promise<Recipe> {
  const { manifest } = await services.models.find(model)
  const hasReal = manifest.source.library === 'own' || manifest.source.package !== undefined
  const weights = hasReal ? ({ kind: 'auto' } as const) : ({ kind: 'seeded' } as const)
  return { ...defaultRecipe(manifest, to, precision, elsewhere), model, weights }
}

export async function converted(services: Services, recipe: Recipe): Promise<ConversionRecord> {
  return (await services.conversions.start(recipe)).finished
}

/** The result: what the engine step gave, else the last graph. */
export async function resultOf(services: Services, record: ConversionRecord): Promise<Artifact> {
  const key = record.steps.findLast(({ artifactKey }) => artifactKey !== null)?.artifactKey
  if (!key) throw new Error(`The conversion gave nothing: ${JSON.stringify(record.error)}`)
  return services.artifacts.find(key)
}

export function statesOf({ steps }: ConversionRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.map(({ name, state }) => [name, state]))
}
