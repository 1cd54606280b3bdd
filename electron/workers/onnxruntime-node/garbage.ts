// Collects garbage on demand, so that a block starts with a clean heap and a peak is not of things long dropped.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

export function collectGarbage(): void {
  if (typeof collect === 'function') collect()
}
