// A fake `window.enginebench`: answers from a table, keeps what was asked, and says what a test tells it to say.
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type {
  Answer,
  EnginebenchBridge,
  EventName,
  EventOf,
  RequestName,
  RequestOf,
  ResponseOf,
} from '../../shared/ipc/contract.ts'

export type FakeAnswers = {
  readonly [Name in RequestName]?: (payload: RequestOf<Name>) => ResponseOf<Name> | Promise<ResponseOf<Name>>
}

export interface FakeBridge extends EnginebenchBridge {
  readonly asked: readonly { readonly name: RequestName; readonly payload: unknown }[]
  emit<Name extends EventName>(name: Name, payload: EventOf<Name>): void
}

/** Thrown by an answer to make it an expected failure. */
export class FakeFailure extends Error {
  readonly record: BenchErrorRecord
  constructor(record: BenchErrorRecord) {
    super(record.message)
    this.record = record
  }
}

export function createFakeBridge(answers: FakeAnswers): FakeBridge {
  const asked: { name: RequestName; payload: unknown }[] = []
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const request: EnginebenchBridge['request'] = async (name, payload): Promise<Answer> => {
    asked.push({ name, payload })
    const answer = answers[name]
    if (!answer) throw new Error(`The fake has no answer to ${name}.`)
    try {
      return { ok: true, value: structuredClone(await answer(payload)) }
    } catch (failure) {
      if (failure instanceof FakeFailure) return { ok: false, error: failure.record }
      throw failure
    }
  }
  return {
    asked,
    request,
    openDropped: (file) => request('model:open-dropped', { file: `/dropped/${file.name}` }),
    subscribe(name, listener) {
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known.add(listener as (payload: never) => void))
      return () => known.delete(listener as (payload: never) => void)
    },
    emit(name, payload) {
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    },
  }
}
