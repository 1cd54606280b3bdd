import { expect, test } from 'vitest'
import { drawCloud, flattenBlocks } from '../../../renderer/charts/sample-cloud.ts'

const frame = { left: 0, top: 0, width: 10, height: 10 }

function painted(count: number, hollow?: (index: number) => boolean) {
  const calls: string[] = []
  const context = {
    fillRect: () => calls.push('filled'),
    strokeRect: () => calls.push('hollow'),
  }
  const drawn = drawCloud(
    context as unknown as CanvasRenderingContext2D,
    frame,
    count,
    2,
    (index) => index,
    () => 5,
    hollow,
  )
  return { drawn, calls }
}

test('what is hollow is an outline, the rest is filled, and what lies outside the frame is left out', () => {
  expect(painted(12, (index) => index === 1)).toEqual({
    drawn: 10,
    calls: ['filled', 'hollow', ...Array.from({ length: 8 }, () => 'filled')],
  })
})

test('samples of a flagged block are known one by one', () => {
  const block = { launch: 0, orderInRound: 0, leadSamples: 0, startedAtNs: 0, endedAtNs: 1e9, latenciesMs: [1, 2] }
  const { isFlagged } = flattenBlocks([
    { ...block, round: 0, block: 0, flags: [] },
    { ...block, round: 1, block: 1, flags: ['throttled'] },
  ])
  expect([...isFlagged]).toEqual([0, 0, 1, 1])
})
