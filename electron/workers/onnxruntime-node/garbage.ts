// Collects garbage on demand, so that a block starts with a clean heap and a peak is not of things long dropped.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** `young`: what the last block left, in about a millisecond. `all`: everything, before a peak is reset. */
export function collectGarbage(extent: 'young' | 'all'): void {
  if (typeof collect === 'function') collect({ type: extent === 'young' ? 'minor' : 'major' })
}
