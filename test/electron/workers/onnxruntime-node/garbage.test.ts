import { describe, expect, it } from 'vitest'
import { collectAll } from '../../../../electron/workers/onnxruntime-node/garbage.ts'

const megabytes = 1024 * 1024
const bufferMemory = () => process.memoryUsage().arrayBuffers / megabytes

async function useAndDrop(sizeMegabytes: number): Promise<number> {
  const buffer = Buffer.alloc(sizeMegabytes * megabytes, 1)
  await Promise.resolve()
  return buffer.length
}

describe('collecting all garbage', () => {
  it('gives back a large buffer that nothing holds any more', async () => {
    await useAndDrop(1)
    await collectAll()
    const before = bufferMemory()
    await useAndDrop(128)
    await collectAll()
    expect(bufferMemory() - before).toBeLessThan(64)
  })
})
