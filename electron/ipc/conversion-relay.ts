// The window's side of the conversion service, for the whole life of the app: reports events to the page, resumes what
// an earlier process left behind, keeps the machine awake during a conversion, and ends conversions before the app
// quits. Waiting conversions stay queued on disk.
import type { ConversionEvent } from '../../shared/domain/conversion.ts'
import type { HandlerContext } from './handler-context.ts'

type RelayDependencies = Pick<
  HandlerContext,
  'services' | 'broadcast' | 'allowedPaths' | 'quitTasks' | 'logError' | 'keepAwake'
>

/** Resolves when the queue of the previous start is known; never rejects. */
export async function relayConversions(parts: RelayDependencies): Promise<void> {
  const { services, broadcast, allowedPaths, quitTasks, logError } = parts
  const wake = keepingAwake(parts.keepAwake)
  services.conversions.subscribe((event) => {
    broadcast.emitConversionEvent(event)
    wake(event)
    if (changesArtifacts(event)) broadcast.emitArtifactsChanged()
  })
  quitTasks.add(() => services.conversions.shutdown())
  try {
    await services.conversions.resume()
    for (const { recipe } of await services.conversions.list()) allowedPaths.allowRecipe(recipe)
  } catch (error) {
    logError('taking up the conversions of the last start failed', error)
  }
}

/** A finished step may have added to an existing artifact: its parity, its layers' sensitivity. */
function changesArtifacts(event: ConversionEvent): boolean {
  return event.kind === 'artifact-made' || event.kind === 'conversion-changed'
}

function keepingAwake(keepAwake: () => () => void): (event: ConversionEvent) => void {
  const releases = new Map<string, () => void>()
  return (event) => {
    if (event.kind !== 'conversion-changed') return
    const { conversionId, state } = event.record
    if (state === 'running') {
      if (!releases.has(conversionId)) releases.set(conversionId, keepAwake())
      return
    }
    releases.get(conversionId)?.()
    releases.delete(conversionId)
  }
}
