import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { NoiseFloorProgressed } from '../../../shared/ipc/contract.ts'
import { alreadyMeasuring } from '../../noise-floors/noise-floors.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'
import { unexpectedFailure } from '../router.ts'

type NoiseFloorHandlers = Pick<Handlers, 'noise-floor:list' | 'noise-floor:measure' | 'noise-floor:cancel'>

/** One measurement at a time; progress and the end are reported as events. */
export function noiseFloorHandlers({
  services,
  broadcast,
  quitTasks,
  keepAwake,
  logError,
}: HandlerContext): NoiseFloorHandlers {
  let cancel: (() => void) | null = null

  return {
    'noise-floor:list': () => services.noiseFloors.list(),
    'noise-floor:measure': async (request) => {
      if (cancel) throw alreadyMeasuring()
      let last: NoiseFloorProgressed = {
        done: 0,
        of: request.comparisons,
        remainingMs: null,
        outcome: null,
        error: null,
      }
      const report = (changes: Partial<NoiseFloorProgressed>) => {
        last = { ...last, ...changes }
        broadcast.emit('noise-floor:progressed', last)
      }
      let isCancelled = false
      const started = services.noiseFloors.measure(request, report)
      cancel = () => {
        isCancelled = true
        started.cancel()
      }
      const mayRest = keepAwake()
      const ended = started.finished
        .then(
          () => report({ remainingMs: 0, outcome: 'done' }),
          (error: unknown) => {
            if (isCancelled) return report({ outcome: 'cancelled' })
            if (error instanceof BenchError) return report({ outcome: 'failed', error: error.record })
            logError('measuring the noise floor failed unexpectedly', error)
            report({ outcome: 'failed', error: unexpectedFailure('Measuring the noise floor') })
          },
        )
        .finally(() => {
          cancel = null
          forget()
          mayRest()
        })
      const forget = quitTasks.add(() => {
        cancel?.()
        return ended
      })
      return {}
    },
    'noise-floor:cancel': async () => {
      cancel?.()
      return {}
    },
  }
}
