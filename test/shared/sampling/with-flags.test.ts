import { expect, test } from 'vitest'
import { joinFlags, withFlags } from '../../../shared/sampling/with-flags.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'

const [first, second] = simulatedBlocks({ seed: 1, mediansMs: { one: 5 }, rounds: 2 }).get('one') ?? []
if (first === undefined || second === undefined) throw new Error('two blocks were asked for')

test('flags are added once and never taken away', () => {
  expect(withFlags({ ...first, flags: ['swap'] }, ['swap', 'throttled']).flags).toEqual(['swap', 'throttled'])
})

test('judgements find their block; one whose block is not there is passed over', () => {
  const judged = [
    { block: 1, flags: ['foreign-load' as const] },
    { block: 7, flags: ['swap' as const] },
  ]
  expect(joinFlags([first, second], judged)).toEqual([first, { ...second, flags: ['foreign-load'] }])
})
