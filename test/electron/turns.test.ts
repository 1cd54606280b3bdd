import { describe, expect, it } from 'vitest'
import { createTurns } from '../../electron/turns.ts'

const never = new AbortController().signal

/** A job that begins when it may and ends when it is told. */
function job(name: string, order: string[]) {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const work = async () => {
    order.push(`${name} begins`)
    await ended
    order.push(`${name} ends`)
    return name
  }
  return { work, end: () => end() }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('turns', () => {
  it('come one at a time, in the order asked', async () => {
    const order: string[] = []
    const [a, b, c] = [job('a', order), job('b', order), job('c', order)]
    const takeTurn = createTurns()
    const all = [a, b, c].map(({ work }) => takeTurn(work, never))
    c.end()
    b.end()
    await settled()
    expect(order).toEqual(['a begins'])
    a.end()
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('go on after a job that failed', async () => {
    const takeTurn = createTurns()
    const failed = takeTurn(() => Promise.reject(new Error('broken')), never)
    const next = takeTurn(async () => 'next', never)
    await expect(failed).rejects.toThrow('broken')
    expect(await next).toBe('next')
  })

  it('let a job through that is aborted while it waits, and nobody with it', async () => {
    const order: string[] = []
    const [a, b, c] = [job('a', order), job('b', order), job('c', order)]
    const takeTurn = createTurns()
    const controller = new AbortController()
    const first = takeTurn(a.work, never)
    const aborted = takeTurn(b.work, controller.signal)
    const last = takeTurn(c.work, never)
    b.end()
    c.end()
    controller.abort()
    expect(await aborted).toBe('b')
    await settled()
    expect(order).toEqual(['a begins', 'b begins', 'b ends'])
    a.end()
    expect(await Promise.all([first, last])).toEqual(['a', 'c'])
  })
})
