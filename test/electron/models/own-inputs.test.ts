import { describe, expect, it } from 'vitest'
import type { ModelFacts } from '../../../electron/models/model-inspection.ts'
import { ownModelManifest } from '../../../electron/models/own-model-manifest.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { modelManifestSchema } from '../../../shared/domain/model.ts'

type Tensor = ModelFacts['inputs'][number]

const picture: Tensor = { name: 'images', dtype: 'float32', dimensions: ['N', 3, 64, 64] }

function facts(inputs: readonly Tensor[], changes: Partial<ModelFacts> = {}): ModelFacts {
  return {
    opset: 17,
    inputs: [...inputs],
    outputs: ['y'],
    outputTensors: [{ name: 'y', dtype: 'float32', dimensions: ['N', 10] }],
    defaulted: [],
    tableRows: {},
    metadata: {},
    externalFiles: [],
    storedPrecision: 'fp32',
    sha256: 'a'.repeat(64),
    ...changes,
  }
}

function manifestOf(inputs: readonly Tensor[], changes: Partial<ModelFacts> = {}) {
  const manifest = ownModelManifest('/models/given.onnx', facts(inputs, changes), 'b'.repeat(64))
  return modelManifestSchema.parse(manifest)
}

function refusal(inputs: readonly Tensor[], changes: Partial<ModelFacts> = {}) {
  try {
    manifestOf(inputs, changes)
  } catch (error) {
    if (error instanceof BenchError) return { code: error.record.code, message: error.record.message }
    throw error
  }
}

describe('the inputs of a user’s file', () => {
  it('are not listed where it takes one float32 picture, NCHW', () => {
    const manifest = manifestOf([picture])
    expect(manifest.inputs).toBe(undefined)
    expect(manifest.input).toEqual({
      ...{ name: 'images', dtype: 'float32', channels: 3, height: 64, width: 64 },
      ...{ dynamicSize: false, sizeMultiple: 1 },
    })
    expect(manifest.assumptions).toEqual([
      "Pictures are fed as RGB, 0 to 1, stretched to the input's size: the file does not say how it wants them.",
    ])
  })

  it('are a picture and the sizes that it is asked to scale boxes to, by the batch that both name', () => {
    const manifest = manifestOf([picture, { name: 'orig_target_sizes', dtype: 'int64', dimensions: ['N', 2] }])
    expect(manifest.inputs).toEqual([
      {
        ...{ name: 'images', type: 'float32', dimensions: ['N', 3, 64, 64], batchAxis: 0, layout: 'NCHW' },
        ...{ proposed: [null, null, null, null], values: { kind: 'images' } },
      },
      {
        ...{ name: 'orig_target_sizes', type: 'int64', dimensions: ['N', 2], batchAxis: 0, layout: null },
        ...{ proposed: [null, null], values: { kind: 'constant', value: 640 } },
      },
    ])
    expect(manifest.assumptions).toContain(
      '"orig_target_sizes" (int64) is fed 640 everywhere, unless you choose other values.',
    )
    expect(manifest.backends).toEqual(['onnxruntime', 'onnxruntime-node', 'tensorrt', 'openvino'])
  })

  it.each([
    ['uint8 NHWC', 'uint8', ['N', 64, 64, 3], 'NHWC', 0],
    ['float16', 'float16', ['N', 3, 64, 64], 'NCHW', 0],
    ['NHWC by the names of open sizes', 'float32', ['N', 'H', 'W', 'C'], 'NHWC', 0],
    ['NCHW by the names of open sizes', 'float64', ['N', 'C', 'H', 'W'], 'NCHW', 0],
    ['one picture without a batch', 'float32', [3, 64, 64], 'CHW', null],
    ['rows and columns before channels, without a batch', 'uint8', [64, 64, 3], 'HWC', null],
  ])('may be a picture: %s', (_name, dtype, dimensions, layout, batchAxis) => {
    const [input] = manifestOf([{ name: 'x', dtype, dimensions }]).inputs ?? []
    expect(input).toMatchObject({ layout, batchAxis, values: { kind: 'images' } })
  })

  it.each([
    ['token ids, whose table has 100 rows', 'int64', ['N', 16], { kind: 'integers', low: 0, high: 99 }],
    ['a vector', 'float32', ['N', 128], { kind: 'range', low: 0, high: 1 }],
    ['four channels', 'float32', ['N', 4, 64, 64], { kind: 'range', low: 0, high: 1 }],
    ['booleans', 'bool', ['N', 3, 64, 64], { kind: 'integers', low: 0, high: 1 }],
  ])('may be no picture: %s', (_name, dtype, dimensions, values) => {
    const manifest = manifestOf([{ name: 'x', dtype, dimensions }], { tableRows: { x: 100 } })
    expect(manifest.inputs?.[0]).toMatchObject({ layout: null, batchAxis: 0, values })
    expect(manifest.input).toMatchObject({ name: 'x', channels: null, height: null, width: null })
  })

  it('share a batch by name wherever it stands, and have none where none is named', () => {
    const states: Tensor = { name: 'state', dtype: 'float32', dimensions: [2, 'N', 128] }
    const rate: Tensor = { name: 'sr', dtype: 'int64', dimensions: [] }
    const inputs = manifestOf([{ name: 'input', dtype: 'float32', dimensions: ['N', 512] }, states, rate]).inputs
    expect(inputs?.map(({ batchAxis, values }) => [batchAxis, values])).toEqual([
      [0, { kind: 'range', low: 0, high: 1 }],
      [1, { kind: 'constant', value: 0 }],
      [null, { kind: 'constant', value: 16_000 }],
    ])
  })

  it('take the only open dimension for the batch where the file names none, and say so', () => {
    const state: Tensor = { name: 'state', dtype: 'float32', dimensions: [2, '?', 128] }
    const manifest = manifestOf([{ name: 'input', dtype: 'float32', dimensions: ['?', '?'] }, state])
    expect(manifest.inputs?.map(({ batchAxis }) => batchAxis)).toEqual([0, 1])
    expect(manifest.assumptions).toContain(
      'Dimension 2 of "state" is taken for the batch: the file gives it no shared name.',
    )
  })

  it.each([
    ['the file', ['N', 3, 64, 64], { min: 1, opt: 8, max: 64 }],
    ['a fixed batch', [4, 3, 64, 64], { min: 4, opt: 4, max: 4 }],
    ['no batch', [3, 64, 64], { min: 1, opt: 1, max: 1 }],
  ])('decide which batches run: %s', (_name, dimensions, profile) => {
    expect(manifestOf([{ ...picture, dimensions }]).optimizationProfile).toEqual(profile)
  })

  it('take a batch of two pictures with the sizes of two', () => {
    const inputs = manifestOf([
      { ...picture, dimensions: [2, 3, 64, 64] },
      { name: 'sizes', dtype: 'int64', dimensions: [2, 2] },
    ]).inputs
    expect(inputs?.map(({ batchAxis }) => batchAxis)).toEqual([0, 0])
  })

  it('say which sizes were assumed, and take those that the exporter noted', () => {
    const open = { ...picture, dimensions: ['N', 3, 48, 'W'] }
    expect(manifestOf([open]).assumptions).toContain(
      '"images" leaves W ("W") open: 224 is used, unless you choose another size.',
    )
    const metadata = { imgsz: '[320, 640]', stride: '32', task: 'detect' }
    const noted = manifestOf([{ ...picture, dimensions: ['batch', 3, 'height', 'width'] }], { metadata })
    expect(noted.input).toMatchObject({ height: 320, width: 640, dynamicSize: true, sizeMultiple: 32 })
    expect(noted.preprocessing).toMatchObject({ resize: 'letterbox', padValue: 114 })
    expect(noted.assumptions).toEqual([
      "Pictures are fed as RGB, 0 to 1, letterboxed to the input's size, as Ultralytics' export says.",
    ])
  })

  it('feed pixels as they are to whole numbers', () => {
    const manifest = manifestOf([{ name: 'image', dtype: 'uint8', dimensions: ['N', 64, 64, 3] }])
    expect(manifest.preprocessing).toMatchObject({ rescale: 1, mean: [0, 0, 0], standardDeviation: [1, 1, 1] })
  })

  it('are refused all at once where no engine takes them', () => {
    const found = refusal(
      [
        { name: 'text', dtype: 'string', dimensions: ['N'] },
        { name: 'boxes', dtype: 'sequence', dimensions: null },
        { name: 'any', dtype: 'float32', dimensions: null },
        { name: 'narrow', dtype: 'int4', dimensions: [1] },
      ],
      { outputTensors: [{ name: 'words', dtype: 'string', dimensions: ['N'] }] },
    )
    expect(found).toEqual({
      code: 'unsupported-operator',
      message:
        'The model cannot be measured: the output "words" holds strings; the input "text" holds strings; the input "boxes" is a sequence, not a tensor; the input "any" does not say how many dimensions it has; the input "narrow" has a type that cannot be fed (int4).',
    })
  })

  it('must be there', () => {
    expect(refusal([])?.code).toBe('bad-model-file')
  })
})
