// Tells the window about runs that this process does not measure: those that an earlier process left behind, and those
// that another one resumes, continues, adds or removes, so that the window never shows an old record. No request waits
// for it.
import type { HandlerContext } from './handler-context.ts'

const lookEveryMs = 2000

type RunWatchParts = Pick<HandlerContext, 'services' | 'broadcast' | 'logError'>

/** Marks what an earlier process left behind. Never rejects. */
export async function tellRecovered({ services, broadcast, logError }: RunWatchParts): Promise<void> {
  try {
    const runIds = await services.store.recover()
    if (runIds.length > 0) broadcast.emit('runs:changed', { runIds: [...runIds] })
  } catch (error) {
    logError('looking for interrupted runs failed', error)
  }
}

/**
 * Looks at the run folders while somebody can see the window, but not while this process measures: looking takes time
 * from the measurement, whose own events tell the window more. Returns the function that ends it.
 */
export function watchRuns({ isVisible, ...parts }: RunWatchParts & { readonly isVisible: () => boolean }): () => void {
  let looking = false
  const look = () => {
    if (looking) return
    looking = true
    void lookAtRuns(parts).finally(() => {
      looking = false
    })
  }
  look()
  const timer = setInterval(() => isVisible() && look(), lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Never rejects. */
export async function lookAtRuns({ services, broadcast, logError }: RunWatchParts): Promise<void> {
  if (services.runs.current() !== null) return
  try {
    const runIds = await services.store.changed()
    if (runIds !== null) broadcast.emit('runs:changed', { runIds: [...runIds] })
  } catch (error) {
    logError('looking for changed runs failed', error)
  }
}
