// Why an engine cannot be built here, before anything is tried: its builder is missing, or the chosen card lacks what
// the recipe asks for.
import { type BackendId, type BackendStatus, backendLabels, backendRows } from '../../shared/domain/backend.ts'
import { otherCardRemedy, refusalOnCard } from '../../shared/domain/backend-cards.ts'
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import { featureRefusal, precisionRefusal } from '../../shared/domain/gpu-capability.ts'
import { hardwareLevelOf, type Recipe } from '../../shared/domain/recipe.ts'

/**
 * Null if it can be built here.
 * @param card the one to build on; null if the target is not built on a GPU, or there is none.
 */
export function builderRefusal(
  backend: BackendId,
  status: BackendStatus | null,
  card: Gpu | null,
  { precision, engine }: Pick<Recipe, 'precision' | 'engine'>,
): BenchError | null {
  if (status?.builder?.available !== true) {
    const said = status?.builder ?? status
    const message = `Cannot build with ${backendLabels[backend]} on this machine: ${said?.reason ?? 'nothing here builds it.'}`
    return refused('backend-unavailable', message, said?.remedy ?? 'Set it up on the Setup screen.')
  }
  if (card === null) return null
  const unfit = refusalOnCard(status, card)
  if (unfit !== null) {
    const message = `Cannot build with ${backendLabels[backend]} on this card: ${unfit}`
    return refused('backend-unavailable', message, otherCardRemedy(status, 'Use another GPU.'))
  }
  const beyondCard = precisionRefusal(card, precision)
  if (beyondCard !== null) {
    const others = backendRows[backend].precisions.filter((each) => precisionRefusal(card, each) === null)
    return refused('unsupported-precision', beyondCard, `Use one of ${others.join(', ')}.`)
  }
  const level = engine === null ? null : hardwareLevelOf(engine)
  const lacking = level === null ? null : featureRefusal(card, level)
  return lacking === null
    ? null
    : refused('bad-usage', lacking, 'Build the engine for this GPU only, or choose another.')
}

/** The actual builder with its exact version: part of the key. */
export function libraryOf(status: BackendStatus | null): string {
  return status?.builder?.library ?? status?.version ?? 'unknown'
}

function refused(code: BenchErrorCode, message: string, remedy: string): BenchError {
  return new BenchError({ code, stage: 'build', message, remedy })
}
