// Collects garbage on demand, so that a block starts with a clean heap and a peak is not of things long dropped.
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** V8 gives large buffers back in a thread of its own, soon after the collection. */
const returnMs = 100

/** What the last block left, in about a millisecond. */
export function collectYoung(): void {
  if (typeof collect === 'function') collect({ type: 'minor' })
}

/** Everything; resolves when the system has the memory back. */
export async function collectAll(): Promise<void> {
  if (typeof collect === 'function') collect()
  await pause(returnMs)
}
