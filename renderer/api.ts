// The only reader of `window.enginebench`. Checks answers and events against the contract before passing them on; an
// error answer is thrown as the BenchError it carries. Does not cache, retry or throttle.
import { z } from 'zod'
import { BenchError } from '../shared/domain/bench-error.ts'
import {
  answerSchema,
  type EnginebenchBridge,
  type EventName,
  type EventOf,
  events,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  requests,
} from '../shared/ipc/contract.ts'

declare global {
  interface Window {
    readonly enginebench?: EnginebenchBridge
  }
}

const runEventEnvelope = z.object({ runId: z.string(), events: z.array(z.unknown()) })

function bridge(): EnginebenchBridge {
  if (!window.enginebench) {
    throw new BenchError({
      code: 'unexpected',
      stage: 'setup',
      message: 'The window is not connected to the application.',
      remedy: 'Close this window and start Enginebench again.',
    })
  }
  return window.enginebench
}

function misunderstood(name: string, detail: string): BenchError {
  return new BenchError({
    code: 'protocol-violation',
    stage: 'setup',
    message: `The window could not read the application's answer to ${name}.`,
    remedy: 'Restart Enginebench. If this happens again, reinstall it so that all its parts have the same version.',
    cause: detail,
  })
}

export async function request<Name extends RequestName>(
  name: Name,
  payload: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  return understood(name, await bridge().request(name, payload))
}

/** A file dropped on the window: the page cannot name its path, so the bridge sends the request. */
export async function openDropped(file: File): Promise<ResponseOf<'model:open-dropped'>> {
  return understood('model:open-dropped', await bridge().openDropped(file))
}

function understood<Name extends RequestName>(name: Name, given: unknown): ResponseOf<Name> {
  const answer = answerSchema.safeParse(given)
  if (!answer.success) throw misunderstood(name, answer.error.message)
  if (!answer.data.ok) throw new BenchError(answer.data.error)
  const value = requests[name].response.safeParse(answer.data.value)
  if (!value.success) throw misunderstood(name, value.error.message)
  return value.data as ResponseOf<Name>
}

/**
 * The run's events. Only their envelope is checked here: a message can hold a hundred thousand samples, so the listener
 * checks them in slices (state/run-live.ts).
 */
export function subscribeRunEvents(listener: (runId: string, events: readonly unknown[]) => void): () => void {
  return bridge().subscribe('run:progressed', (payload) => {
    const envelope = runEventEnvelope.safeParse(payload)
    if (envelope.success) listener(envelope.data.runId, envelope.data.events)
  })
}

/** Drops an event that does not match the contract: it cannot be shown, and the next one may be valid. */
export function subscribe<Name extends EventName>(name: Name, listener: (payload: EventOf<Name>) => void): () => void {
  return bridge().subscribe(name, (payload) => {
    const event = events[name].safeParse(payload)
    if (event.success) listener(event.data as EventOf<Name>)
  })
}
