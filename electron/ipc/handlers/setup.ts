import agpl from 'spdx-license-list/licenses/AGPL-3.0.json' with { type: 'json' }
import { type BackendId, backendLabels, licenceOfBackend } from '../../../shared/domain/backend.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { licenceAddresses } from '../../../shared/domain/python-environment.ts'
import type { PythonProgress, RequestOf } from '../../../shared/ipc/contract.ts'
import { defaultTorchVersion } from '../../python-environment/torch-version.ts'
import type { HandlerContext } from '../handler-context.ts'
import { type Handlers, unexpectedFailure } from '../router.ts'

type PythonHandlers = Pick<Handlers, 'python:describe' | 'python:offer' | 'python:install' | 'python:cancel'>

/** One installation at a time; progress and the end are reported as events. */
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

export function backendHandlers({ services }: HandlerContext): Pick<Handlers, 'backends:list' | 'licence:read'> {
  return {
    'backends:list': ({ refresh }) => services.backends.list({ refresh }),
    'licence:read': async ({ backend }) => {
      const text = licenceTextOf(backend)
      if (text) return text
      throw new BenchError({
        code: 'bad-usage',
        stage: 'setup',
        message: `${backendLabels[backend]} has no licence to accept.`,
        remedy: 'Install it without this step.',
      })
    },
  }
}

// Licences a user must read before a backend is installed: the full text or, for NVIDIA's, which is NVIDIA's own, its
// name and address. No software under them is part of this app.

interface LicenceText {
  readonly spdx: string
  readonly title: string
  readonly text: string
}

const ultralytics: LicenceText = { spdx: 'AGPL-3.0', title: agpl.name, text: agpl.licenseText }

function ofNvidia(backend: BackendId, product: string): LicenceText | null {
  const spdx = licenceOfBackend(backend)
  const address = spdx === null ? undefined : licenceAddresses[spdx]
  if (spdx === null || address === undefined) return null
  const text = [
    `${product} is NVIDIA's own software, under a licence agreement between NVIDIA and you.`,
    'It is not open source: the agreement says what you may use it for, on what hardware, and what you may redistribute.',
    `Read it in full before you accept: ${address}`,
    'Its libraries are downloaded from NVIDIA to this machine. Enginebench does not ship or redistribute them.',
  ].join('\n\n')
  return { spdx, title: `Licence agreement for NVIDIA ${product}`, text }
}

/** Null for a backend that needs no consent. */
function licenceTextOf(backend: BackendId): LicenceText | null {
  if (backend === 'ultralytics') return ultralytics
  return ofNvidia(backend, backendLabels[backend])
}
