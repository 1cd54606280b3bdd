// Carries out one recipe and waits for its end: what the commands that convert share. Throws the refusal of a recipe that
// cannot start; notes beforehand where the engine cannot be built here.
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ConversionRecord } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import type { CommandContext } from './command.ts'

export interface Converted {
  readonly record: ConversionRecord
  /** In the order of the steps; the last one is what was asked for, as far as it came. */
  readonly artifacts: readonly Artifact[]
}

export async function convert({ services, terminal, signal }: CommandContext, recipe: Recipe): Promise<Converted> {
  const { refusals, engineRefusal, warnings } = await services.conversions.check(recipe)
  const [refusal] = refusals
  if (refusal) throw new BenchError(refusal)
  for (const warning of warnings) terminal.note(`note: ${warning}`)
  if (engineRefusal) terminal.note(`note: ${engineRefusal.message} The ONNX steps are made and kept.`)
  signal.throwIfAborted()
  const started = await services.conversions.start(recipe)
  const cancel = () => started.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    const record = await started.finished
    const keys = record.steps.flatMap(({ artifactKey }) => artifactKey ?? [])
    const known = await services.artifacts.list()
    return { record, artifacts: [...new Set(keys)].flatMap((key) => known.filter((artifact) => artifact.key === key)) }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
