import { describe, expect, it, vi } from 'vitest'
import { pythonHandlers } from '../../../../electron/ipc/handlers/setup.ts'
import type { PythonEnvironments } from '../../../../electron/services.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import type { PythonProgress, RequestOf } from '../../../../shared/ipc/contract.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'

const request: RequestOf<'python:install'> = {
  environment: 'main',
  torchSource: null,
  acceptedLicences: [],
  repair: false,
}
const going: PythonProgress = { environment: 'main', steps: [], line: 'Collecting torch', outcome: null, error: null }
const noDisk = new BenchError({ code: 'disk-full', stage: 'setup', message: 'No space.', remedy: 'Make space.' })

function fixture(install: PythonEnvironments['install']) {
  const { context, send, logError } = fakeHandlerContext({ pythonEnvironments: { install } })
  const ended = () => vi.waitFor(() => expect(send).toHaveBeenLastCalledWith('backends:changed', {}))
  return { handlers: pythonHandlers(context), context, send, logError, ended }
}

/** Reports once, then waits until it is aborted. */
const endless: PythonEnvironments['install'] = (_options, onProgress, signal) =>
  new Promise((_resolve, reject) => {
    onProgress(going)
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('setting up Python', () => {
  it('tells of an expected failure as the end of its progress', async () => {
    const { handlers, send, ended } = fixture(async (_options, onProgress) => {
      onProgress(going)
      throw noDisk
    })
    expect(await handlers['python:install'](request)).toEqual({})
    await ended()
    expect(send.mock.calls).toEqual([
      ['python:progressed', going],
      ['python:progressed', { ...going, outcome: 'failed', error: noDisk.record }],
      ['backends:changed', {}],
    ])
  })

  it('logs a bug and ends its progress without a stack', async () => {
    const bug = new Error('undefined is not a function')
    const { handlers, send, logError, ended } = fixture(() => Promise.reject(bug))
    await handlers['python:install'](request)
    await ended()
    expect(logError).toHaveBeenCalledWith('setting up Python failed unexpectedly', bug)
    expect(send).toHaveBeenCalledWith(
      'python:progressed',
      expect.objectContaining({ outcome: 'failed', error: expect.objectContaining({ code: 'unexpected' }) }),
    )
  })

  it('ends as cancelled when the user cancels', async () => {
    const { handlers, send, ended } = fixture(endless)
    await handlers['python:install'](request)
    await handlers['python:cancel']({})
    await ended()
    expect(send).toHaveBeenCalledWith('python:progressed', { ...going, outcome: 'cancelled', error: null })
  })

  it('does one installation at a time', async () => {
    const { handlers } = fixture(endless)
    await handlers['python:install'](request)
    await expect(handlers['python:install'](request)).rejects.toMatchObject({ record: { code: 'bad-usage' } })
  })

  it('is ended before the app quits', async () => {
    const { handlers, context, send } = fixture(endless)
    await handlers['python:install'](request)
    await context.quitTasks.finish(1000)
    expect(send).toHaveBeenCalledWith('python:progressed', { ...going, outcome: 'cancelled', error: null })
  })
})
