import { expect, test } from 'vitest'
import { troubleOf } from '../../../../renderer/features/models/remedies.ts'
import { trackRows } from '../../../../renderer/features/models/tracks.ts'
import { exampleBackends } from '../../example-answers.ts'
import { convertibleModels, exampleArtifacts, exampleConversion, exampleRecipe } from '../../example-conversions.ts'

const backends = exampleBackends([])
const manifestOf = (modelId: string) => convertibleModels.find(({ id }) => id === modelId) ?? null

function fixesOf(modelId: string): (readonly string[])[] {
  const rows = trackRows(
    exampleArtifacts.filter((artifact) => artifact.modelId === modelId),
    [],
  )
  return rows
    .map((row) => troubleOf(row, manifestOf(modelId), backends))
    .filter((trouble) => trouble !== null)
    .map(({ fixes }) => fixes.map(({ label }) => label))
}

test('what overflows FP16 keeps the operators that are not kept yet, or leaves FP16', () => {
  expect(fixesOf('yolos-tiny')).toEqual([
    ['Keep LayerNormalization and Softmax in FP32, rebuild', 'Use FP32 instead', 'Remove'],
  ])
})

test('INT8 that fails keeps its worst layers where they are known', () => {
  expect(fixesOf('clip-vit-b32')).toEqual([
    ['Keep the worst 3 in higher precision, rebuild', 'Use FP16 instead', 'Remove'],
  ])
})

test('what is not installed leads to Setup first, what was asked wrongly to the recipe', () => {
  const first = (code: 'backend-unavailable' | 'bad-profile' | 'worker-crashed') => {
    const error = { code, stage: 'build' as const, message: 'It failed.', remedy: 'Help it.', cause: null }
    const recipe = exampleRecipe('clip-vit-b32', 'tensorrt', 'fp16')
    const [row] = trackRows([], [exampleConversion('c', recipe, { at: 'engine', state: 'failed', error })])
    return row && troubleOf(row, null, backends)?.fixes[0]?.kind
  }
  expect([first('backend-unavailable'), first('bad-profile'), first('worker-crashed')]).toEqual([
    'setup',
    'edit',
    'retry',
  ])
})

test('an engine that is as it should be is in nobody’s way', () => {
  expect(fixesOf('detr-resnet-50')).toEqual([])
})

test('a conversion that was cancelled can be retried from where it was, and is nobody’s fault', () => {
  const recipe = exampleRecipe('clip-vit-b32', 'tensorrt', 'fp16')
  const [row] = trackRows([], [exampleConversion('c', recipe, { at: 'engine', state: 'cancelled' })])
  const trouble = row ? troubleOf(row, null, backends) : null
  expect([trouble?.isOwnDoing, trouble?.fixes]).toEqual([
    true,
    [
      { kind: 'retry', label: 'Retry' },
      { kind: 'dismiss', label: 'Dismiss' },
    ],
  ])
})
