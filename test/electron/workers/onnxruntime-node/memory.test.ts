import { describe, expect, it } from 'vitest'
import { collectAll } from '../../../../electron/workers/onnxruntime-node/memory.ts'

/** In a function of its own, so that nothing but the reference is left of the buffer. */
function referenceToDropped(): WeakRef<Uint8Array> {
  return new WeakRef(new Uint8Array(1024 * 1024))
}

describe('collecting all garbage', () => {
  it('gives back what nothing holds any more', async () => {
    const dropped = referenceToDropped()
    await new Promise(setImmediate)
    expect(dropped.deref()).toBeDefined()
    await new Promise(setImmediate)
    await collectAll()
    expect(dropped.deref()).toBeUndefined()
  })
})
