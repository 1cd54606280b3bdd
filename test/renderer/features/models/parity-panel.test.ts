import { expect, test } from 'vitest'
import { cosineText, parityFigure, worstFigures } from '../../../../renderer/features/models/parity-panel.tsx'
import { exampleArtifacts } from '../../example-conversions.ts'

const int8 = exampleArtifacts.find(({ precision, kind }) => precision === 'int8' && kind === 'tensorrt-engine')
const tolerance = { cosinePass: 0.99, cosineWarn: 0.95, maxAbsPass: null }

test('a cosine shows as many digits as tell it from one', () => {
  expect([0.31, 0.9617, 0.99991, 0.9999987, 1].map(cosineText)).toEqual([
    '0.3100',
    '0.9617',
    '0.99991',
    '0.999999',
    '1.00000',
  ])
})

test('what fails says what it needs', () => {
  expect(int8 && parityFigure(int8, tolerance)).toBe('0.9617, needs 0.99')
})

test('of several batch sizes the worst of each measure counts', () => {
  if (!int8) throw new Error('no example')
  const [first] = int8.parity.byBatchSize
  if (!first) throw new Error('no figures')
  const second = {
    batchSize: 8,
    figures: { ...first.figures, cosineSimilarity: 0.95, maxAbsError: 0.001, nonFiniteCount: 2 },
  }
  const worst = worstFigures({ ...int8, parity: { ...int8.parity, byBatchSize: [first, second] } })
  expect([worst?.cosineSimilarity, worst?.maxAbsError, worst?.nonFiniteCount]).toEqual([0.95, 0.0031, 2])
})
