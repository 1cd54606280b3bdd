// Narrows an answer to the message that its command calls for. The supervisor has checked that already, so anything
// else is a bug.
import type { WorkerMessage, WorkerMessageOf } from '../../shared/worker-protocol/message.ts'

export function answerOf<Name extends WorkerMessage['message']>(
  name: Name,
  message: WorkerMessage,
): WorkerMessageOf<Name> {
  if (isNamed(name, message)) return message
  throw new Error(`${message.message} came where ${name} was due.`)
}

function isNamed<Name extends WorkerMessage['message']>(
  name: Name,
  message: WorkerMessage,
): message is WorkerMessageOf<Name> {
  return message.message === name
}
