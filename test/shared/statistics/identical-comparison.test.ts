import { describe, expect, it } from 'vitest'
import { compareIdentical } from '../../../shared/statistics/identical-comparison.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { simulatedBlocks } from '../../fakes/simulated-blocks.ts'

const [example] = exampleRecord().groups
const [first] = example?.cases ?? []
if (example === undefined || first === undefined) throw new Error('the example has a case')
const precisionProof = { holds: true, label: 'fp32', method: 'flags read back', evidence: [] }
const parity = { ...first.parity, verdict: 'pass' as const }
const baseline = { ...first, caseKey: 'a', state: 'completed' as const, precisionProof, parity }
const pair = { ...example, baseline: 'a', cases: [baseline, { ...baseline, caseKey: 'a.2' }] }

function blocksOf(copyMs: number, rounds = 12) {
  const blocks = simulatedBlocks({ seed: 3, mediansMs: { a: 10, 'a.2': copyMs }, spread: 0.01, rounds })
  return (caseKey: string) => blocks.get(caseKey) ?? []
}

describe('a comparison of a case with itself', () => {
  it('gives its ratio and whether an interval told the two apart', () => {
    expect(compareIdentical(pair, blocksOf(10))).toEqual({ ratio: expect.closeTo(1, 2), excludesOne: false })
  })

  it('is not left out where the two were told apart: that is what a floor is about', () => {
    const found = compareIdentical(pair, blocksOf(8))
    expect(found).toEqual({ ratio: expect.closeTo(1.25, 1), excludesOne: true })
  })

  it('says nothing where a speedup would be refused', () => {
    const reason = 'the windows differ'
    const unsteady = [{ verdict: 'no-steady-state' as const, iterations: 50, elapsedMs: 30_000, reason }]
    const cases = [pair.cases[0] ?? baseline, { ...baseline, caseKey: 'a.2', steadiness: unsteady }]
    expect(compareIdentical({ ...pair, cases }, blocksOf(10))).toEqual({ refused: `no steady state: ${reason}` })
    expect(compareIdentical(pair, blocksOf(10, 6))).toEqual({ refused: 'too few rounds: 6 of at least 12' })
  })

  it('needs a copy', () => {
    const cases = [baseline, { ...baseline, caseKey: 'b', precision: 'int8' as const }]
    expect(compareIdentical({ ...pair, cases }, blocksOf(10))).toEqual({ refused: 'no case is listed twice' })
  })
})
