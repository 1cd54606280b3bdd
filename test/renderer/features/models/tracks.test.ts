import { expect, test } from 'vitest'
import { branched, trackRows } from '../../../../renderer/features/models/tracks.ts'
import { detrBuilding, exampleArtifacts, exampleConversion, exampleRecipe } from '../../example-conversions.ts'

const of = (modelId: string) => exampleArtifacts.filter((artifact) => artifact.modelId === modelId)

test('precisions branch from one ONNX file, which is drawn once', () => {
  const rows = branched(trackRows(of('clip-vit-b32'), []))
  expect(
    rows.map(({ row, drawsOnnx, fromSource, fromOnnx }) => [row.precision, drawsOnnx, fromSource, fromOnnx]),
  ).toEqual([
    ['fp32', true, 'across', 'fork'],
    ['fp16', false, 'none', 'branch'],
    ['int8', false, 'none', 'corner'],
  ])
})

test('two engines of one FP16 file hang on it, and the line to what follows passes them', () => {
  const toOpenvino = exampleConversion('c', exampleRecipe('clip-vit-b32', 'openvino', 'fp16'), { at: 'engine' })
  const rows = branched(trackRows(of('clip-vit-b32'), [toOpenvino]))
  expect(
    rows.map(({ row, drawsPrecision, fromOnnx, fromPrecision }) => [
      row.target,
      drawsPrecision,
      fromOnnx,
      fromPrecision,
    ]),
  ).toEqual([
    ['tensorrt', true, 'fork', 'across'],
    ['tensorrt', true, 'branch', 'fork'],
    ['openvino', false, 'down', 'corner'],
    ['tensorrt', true, 'corner', 'across'],
  ])
})

test('a conversion under way takes the steps that are there from its record', () => {
  const rows = trackRows(of('detr-resnet-50'), [detrBuilding])
  const building = rows.find(({ conversion }) => conversion !== null)
  expect([building?.onnx?.precision, building?.transformed?.precision, building?.engine]).toEqual([
    'fp32',
    'fp16',
    null,
  ])
})

test('a failure is shown until a newer conversion to the same is asked for', () => {
  const recipe = exampleRecipe('detr-resnet-50', 'tensorrt', 'fp16')
  const failed = exampleConversion('old', recipe, { at: 'engine', state: 'failed' })
  const newer = {
    ...exampleConversion('new', recipe, { at: 'export', state: 'queued' }),
    createdAt: '2026-11-24T08:00:00.000Z',
  }
  expect(trackRows([], [failed]).map(({ key }) => key)).toEqual(['old'])
  expect(trackRows([], [failed, newer]).map(({ key }) => key)).toEqual(['new'])
})
