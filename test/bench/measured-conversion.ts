// A conversion by the app's own services, with the time and the peak memory of each of its steps. Memory is that of all
// processes that it starts, read fifty times a second.
import type { Services } from '../../electron/services.ts'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionRecord, ConversionStepName } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { startedMemoryBytes } from './process-tree.ts'

export interface MeasuredConversion {
  readonly record: ConversionRecord
  /** From asking until its record said how it ended. */
  readonly elapsedMs: number
  readonly peakBytes: ReadonlyMap<ConversionStepName, number>
  /** By the step that made it; found in the cache or made now. */
  readonly artifacts: ReadonlyMap<ConversionStepName, Artifact>
}

const readEveryMs = 20

/** Rejects where it does not complete. */
export async function measureConversion(services: Services, recipe: Recipe): Promise<MeasuredConversion> {
  const peakBytes = new Map<ConversionStepName, number>()
  let running: ConversionStepName | null = null
  const unsubscribe = services.conversions.subscribe((event) => {
    if (event.kind === 'conversion-changed') {
      running = event.record.steps.find(({ state }) => state === 'running')?.name ?? null
    }
  })
  const timer = setInterval(() => {
    if (running) peakBytes.set(running, Math.max(peakBytes.get(running) ?? 0, startedMemoryBytes(process.pid)))
  }, readEveryMs)
  try {
    const startedAt = performance.now()
    const { finished } = await services.conversions.start(recipe)
    const record = await finished
    const elapsedMs = performance.now() - startedAt
    if (record.state !== 'completed') throw new Error(`${record.modelName} ${record.state}: ${record.error?.message}`)
    return { record, elapsedMs, peakBytes, artifacts: await artifactsOf(services, record) }
  } finally {
    clearInterval(timer)
    unsubscribe()
  }
}

async function artifactsOf(services: Services, record: ConversionRecord): Promise<Map<ConversionStepName, Artifact>> {
  const all = await services.artifacts.list()
  return new Map(
    record.steps.flatMap(({ name, artifactKey }) => {
      const artifact = all.find(({ key }) => key !== undefined && key === artifactKey)
      return artifact ? [[name, artifact] as const] : []
    }),
  )
}
