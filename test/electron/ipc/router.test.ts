import { beforeEach, describe, expect, it, vi } from 'vitest'
import { maximumRequestLength, requestChannel } from '../../../electron/ipc/channels.ts'
import type { SenderEvent } from '../../../electron/ipc/router.ts'
import { type Handlers, serveRequests } from '../../../electron/ipc/router.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { type Answer, requests } from '../../../shared/ipc/contract.ts'

const ownPage: SenderEvent = { senderFrame: { url: 'app://enginebench/#/setup', parent: null } }
const benchError = new BenchError({ code: 'unknown-run', stage: 'store', message: 'No such run.', remedy: 'Look.' })

let call: (event: SenderEvent, name: unknown, text: unknown) => Promise<Answer>
let logError: ReturnType<typeof vi.fn<(message: string, error: unknown) => void>>
let open: ReturnType<typeof vi.fn<Handlers['run:open']>>
let settings: ReturnType<typeof vi.fn<Handlers['settings:read']>>

beforeEach(() => {
  logError = vi.fn()
  open = vi.fn<Handlers['run:open']>().mockRejectedValue(benchError)
  settings = vi.fn<Handlers['settings:read']>().mockResolvedValue({ theme: 'dark', lastPlan: null })
  const unused = () => Promise.reject(new Error('not part of this test'))
  const all = Object.fromEntries(Object.keys(requests).map((name) => [name, unused]))
  const handlers = { ...all, 'run:open': open, 'settings:read': settings } as unknown as Handlers
  serveRequests(
    {
      handle(channel, listener) {
        expect(channel).toBe(requestChannel)
        call = listener
      },
    },
    handlers,
    logError,
  )
})

describe('the request router', () => {
  it('answers with the value of the handler', async () => {
    expect(await call(ownPage, 'settings:read', '{}')).toEqual({ ok: true, value: { theme: 'dark', lastPlan: null } })
  })

  it('passes an expected failure on in its own words', async () => {
    expect(await call(ownPage, 'run:open', '{"runId":"a"}')).toEqual({ ok: false, error: benchError.record })
    expect(logError).not.toHaveBeenCalled()
  })

  it('logs a bug with all it knows and shows it without a stack', async () => {
    const bug = new Error('cannot read secret of undefined')
    open.mockRejectedValue(bug)
    expect(await call(ownPage, 'run:open', '{"runId":"a"}')).toEqual({
      ok: false,
      error: {
        code: 'unexpected',
        stage: 'setup',
        message: 'The application hit an internal error while it handled "run:open".',
        remedy: 'Try again. The details are in the log, in the data folder under logs.',
        cause: null,
      },
    })
    expect(logError).toHaveBeenCalledWith('request run:open failed unexpectedly', bug)
  })

  it('takes an answer that does not fit the contract for a bug', async () => {
    settings.mockResolvedValue({ theme: 'pink' } as never)
    expect(await call(ownPage, 'settings:read', '{}')).toMatchObject({ ok: false, error: { code: 'unexpected' } })
    expect(logError).toHaveBeenCalledOnce()
  })

  it.each<[string, SenderEvent]>([
    ['another origin', { senderFrame: { url: 'https://example.org/', parent: null } }],
    ['an origin that begins alike', { senderFrame: { url: 'app://enginebench.example.org/', parent: null } }],
    ['another host of the scheme', { senderFrame: { url: 'app://print/', parent: null } }],
    ['a frame inside the page', { senderFrame: { url: 'app://enginebench/', parent: {} } }],
    ['a frame that is gone', { senderFrame: null }],
  ])('fault-37: refuses a request from %s before any handler runs', async (_what, event) => {
    expect(await call(event, 'settings:read', '{}')).toMatchObject({ ok: false, error: { code: 'bad-usage' } })
    expect(settings).not.toHaveBeenCalled()
    expect(logError).toHaveBeenCalledOnce()
  })

  it.each<[string, unknown, unknown]>([
    ['an unknown name', 'run:everything', '{}'],
    ['a name from the prototype', 'constructor', '{}'],
    ['a name that is no text', { toString: 'x' }, '{}'],
    ['a payload that is no text', 'run:open', { runId: 'a' }],
    ['a payload that is no JSON', 'run:open', '{'],
    ['a payload of another shape', 'run:open', '{"runId":7}'],
    ['a key too many', 'settings:read', '{"extra":1}'],
    ['a run id that is a path', 'run:open', '{"runId":"../../etc"}'],
    ['a payload past the limit', 'run:open', JSON.stringify({ runId: 'a'.repeat(maximumRequestLength) })],
    ['a payload of 100 MB', 'run:open', 'a'.repeat(100_000_000)],
  ])('fault-37: refuses %s before any handler runs', async (_what, name, text) => {
    expect(await call(ownPage, name, text)).toMatchObject({ ok: false, error: { code: 'bad-usage' } })
    expect([open.mock.calls.length, settings.mock.calls.length]).toEqual([0, 0])
    expect(logError).toHaveBeenCalledOnce()
  })
})
