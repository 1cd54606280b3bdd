import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { PythonProgress, RequestOf } from '../../../shared/ipc/contract.ts'
import { defaultTorchVersion } from '../../python-environment/torch-version.ts'
import { unexpectedFailure } from '../answer.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type PythonHandlers = Pick<Handlers, 'python:describe' | 'python:offer' | 'python:install' | 'python:cancel'>

/** One installation at a time; its progress and its end come as events. */
export function pythonHandlers(context: HandlerContext): PythonHandlers {
  const { services } = context
  let running: AbortController | null = null

  return {
    'python:describe': () => services.pythonEnvironments.describe(),
    'python:offer': ({ torchSource }) => services.pythonEnvironments.offer(torchSource),
    'python:install': async (request) => {
      if (running) throw alreadyInstalling()
      const controller = new AbortController()
      running = controller
      const ended = install(context, request, controller.signal)
      const forget = context.quitTasks.add(() => {
        controller.abort()
        return ended
      })
      void ended.finally(() => {
        running = null
        forget()
        context.broadcast.emit('backends:changed', {})
      })
      return {}
    },
    'python:cancel': async () => {
      running?.abort()
      return {}
    },
  }
}

/** Never rejects: every end is an event with an outcome. */
async function install(
  { services, broadcast, logError }: HandlerContext,
  request: RequestOf<'python:install'>,
  signal: AbortSignal,
): Promise<void> {
  let last: PythonProgress = { environment: request.environment, steps: [], line: null, outcome: null, error: null }
  const report = (progress: PythonProgress) => {
    last = progress
    broadcast.emit('python:progressed', progress)
  }
  const end = (outcome: 'done' | 'failed' | 'cancelled', error: PythonProgress['error']) => {
    if (last.outcome === null) report({ ...last, outcome, error })
  }
  try {
    await services.pythonEnvironments.install(
      { ...request, basePython: null, torchVersion: defaultTorchVersion },
      report,
      signal,
    )
    end('done', null)
  } catch (error) {
    if (signal.aborted) return end('cancelled', null)
    if (error instanceof BenchError) return end('failed', error.record)
    logError('setting up Python failed unexpectedly', error)
    end('failed', unexpectedFailure('Python set-up'))
  }
}

function alreadyInstalling(): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'setup',
    message: 'A Python environment is being set up already.',
    remedy: 'Wait for it to end, or cancel it.',
  })
}
