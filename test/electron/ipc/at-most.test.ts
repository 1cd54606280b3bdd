import { expect, test } from 'vitest'
import { atMost } from '../../../electron/ipc/at-most.ts'

test('no more goes on at a time, in the order asked for, and a failure gives its place away', async () => {
  const limited = atMost(2)
  const begun: number[] = []
  const endings: (() => void)[] = []
  const works = Array.from({ length: 5 }, (_, index) =>
    limited(async () => {
      begun.push(index)
      await new Promise<void>((resolve) => endings.push(resolve))
      if (index === 0) throw new Error('the first fails')
      return index
    }),
  )
  const outcomes = Promise.allSettled(works)
  const seen: number[][] = []
  for (let ended = 0; ended < works.length; ended += 1) {
    await expect.poll(() => begun.length).toBe(Math.min(works.length, ended + 2))
    seen.push([...begun])
    endings[ended]?.()
  }
  expect((await outcomes).map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'))).toEqual([
    'failed',
    ...[1, 2, 3, 4],
  ])
  expect(seen).toEqual([
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
  ])
})
