// The only way in from the window: checks sender, size, name and shape before a handler sees a request, and checks the
// answer before it is sent. The handler map is exhaustive: a command without a handler does not compile. Does not know
// Electron: main.ts passes `ipcMain`.

import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { type Answer, type RequestName, type RequestOf, type ResponseOf, requests } from '../../shared/ipc/contract.ts'
import { appOrigin } from '../content/page-responder.ts'
import { maximumRequestLength, requestChannel } from './channels.ts'

export type Handlers = {
  readonly [Name in RequestName]: (payload: ParsedRequestOf<Name>) => Promise<Answered<ResponseOf<Name>>>
}
/** Requests have no defaults or transforms, so the parsed value equals the sent one. */
type ParsedRequestOf<Name extends RequestName> = RequestOf<Name>
/** A handler may answer with readonly data; it is copied before it is sent. */
export type Answered<Value> = Value extends (infer Item)[] ? readonly Item[] : Value

interface RequestSource {
  handle(channel: string, listener: (event: SenderEvent, name: unknown, text: unknown) => Promise<Answer>): void
}

export function serveRequests(source: RequestSource, handlers: Handlers, logError: LogError): void {
  source.handle(requestChannel, async (event, name, text) => {
    if (!isTrustedSender(event)) {
      logError('a request came from a foreign frame and was refused', event.senderFrame?.url ?? 'no frame')
      return refusalAnswer('This request did not come from the app’s own page.')
    }
    if (!isRequestName(name)) {
      logError('an unknown request was refused', typeof name === 'string' ? name.slice(0, 80) : typeof name)
      return refusalAnswer('This request is unknown.')
    }
    return answer(name, text, handlers, logError)
  })
}

async function answer(name: RequestName, text: unknown, handlers: Handlers, logError: LogError): Promise<Answer> {
  if (typeof text !== 'string' || text.length > maximumRequestLength) {
    logError(`a payload of ${name} was refused`, typeof text === 'string' ? `${text.length} characters` : typeof text)
    return refusalAnswer(`The payload of "${name}" is too large or is not text.`)
  }
  const payload = requests[name].request.safeParse(parseJson(text))
  if (!payload.success) {
    logError(`a payload of ${name} was refused`, payload.error.message)
    return refusalAnswer(`The payload of "${name}" does not match the contract.`)
  }
  try {
    const handle = handlers[name] as (payload: unknown) => Promise<unknown>
    return { ok: true, value: requests[name].response.parse(await handle(payload.data)) }
  } catch (error) {
    return failureAnswer(name, error, logError)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name)
}

// How the outcome of a request crosses to the window: a value, an expected failure with its own message, or a bug,
// which is logged in full and shown without its stack.

export type LogError = (message: string, error: unknown) => void

function failureAnswer(name: string, error: unknown, logError: LogError): Answer {
  if (error instanceof BenchError) return { ok: false, error: error.record }
  logError(`request ${name} failed unexpectedly`, error)
  return { ok: false, error: unexpectedFailure(name) }
}

function refusalAnswer(message: string): Answer {
  return {
    ok: false,
    error: { code: 'bad-usage', stage: 'setup', message, remedy: 'Reload the window and try again.', cause: null },
  }
}

export function unexpectedFailure(name: string): BenchErrorRecord {
  return {
    code: 'unexpected',
    stage: 'setup',
    message: `The application hit an internal error while it handled "${name}".`,
    remedy: 'Try again. The details are in the log, in the data folder under logs.',
    cause: null,
  }
}

// Who may send requests to the main process: only the top frame of the app's own page.

/** The part of Electron's IPC event that is checked; `senderFrame` is null once the frame is gone. */
export interface SenderEvent {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

function isTrustedSender(event: SenderEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isAppUrl(frame.url)
}

function isAppUrl(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`)
}
