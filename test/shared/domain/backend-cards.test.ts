import { expect, test } from 'vitest'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import { cardsThatRun, otherCardRemedy, refusalOnCard, someCardsOnly } from '../../../shared/domain/backend-cards.ts'

const tooOld = 'GTX 1080 has compute capability 6.1; TensorRT needs 7.5 or newer.'
const old = { name: 'GTX 1080', uuid: 'GPU-aaaa', refusal: tooOld }
const good = { name: 'RTX 4090', uuid: 'GPU-bbbb', refusal: null }

function told(cards: BackendStatus['cards']) {
  const status = cards === undefined ? {} : { cards }
  return {
    run: cardsThatRun(status),
    refusals: ['GPU-aaaa', 'GPU-bbbb', null].map((uuid) => refusalOnCard(status, { uuid })),
    remedy: otherCardRemedy(status, 'Use the CPU.'),
    words: someCardsOnly(status),
  }
}

test('a backend that only the second card can run says which, and why the first cannot', () => {
  expect(told([old, good])).toEqual({
    run: ['cuda:1 (RTX 4090)'],
    refusals: [tooOld, null, null],
    remedy: 'Choose cuda:1 (RTX 4090).',
    words: `Of the GPUs, it runs only on cuda:1 (RTX 4090). ${tooOld}`,
  })
})

test('nothing is said of the cards if all of them can run it, none can, or nothing is known of them', () => {
  const none = { refusals: [null, null, null], remedy: 'Use the CPU.', words: null }
  expect(told(undefined)).toEqual({ ...none, run: [] })
  expect(told([good])).toEqual({ ...none, run: ['cuda (RTX 4090)'], remedy: 'Choose cuda (RTX 4090).' })
  expect(told([old, { ...old, uuid: null }])).toEqual({ ...none, run: [], refusals: [tooOld, null, null] })
})
