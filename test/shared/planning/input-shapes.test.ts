import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../../../shared/domain/model-input.ts'
import { assumedSentences, leadShape, shapedInputs, shapeRefusals } from '../../../shared/planning/input-shapes.ts'
import { manifest as base } from './manifest.ts'

const input = (changes: Partial<ModelInput>): ModelInput => ({
  ...{ name: 'x', type: 'float32', dimensions: ['N', 8], batchAxis: 0, layout: null, proposed: [null, null] },
  values: { kind: 'range', low: 0, high: 1 },
  ...changes,
})

const images = input({
  ...{ name: 'images', dimensions: ['N', 3, 'H', 'W'], layout: 'NCHW', proposed: [null, null, 224, 224] },
  values: { kind: 'images' },
})
const mask = input({ name: 'mask', type: 'bool', dimensions: ['N', 'H', 'W'], proposed: [null, null, null] })
const state = input({ name: 'state', dimensions: [2, 'N', 'steps'], batchAxis: 1, proposed: [null, null, null] })

function manifest(...inputs: readonly ModelInput[]) {
  return { ...base, input: { ...base.input, name: inputs[0]?.name ?? '' }, inputs: [...inputs] }
}

const plan = { inputSize: null, batchSizes: [8] }
const messages = (changes: object, ...inputs: readonly ModelInput[]) =>
  shapeRefusals({ ...plan, ...changes }, manifest(...inputs)).map(({ message, remedy }) => `${message} ${remedy}`)

describe('the shapes of inputs', () => {
  it('are what the file fixes, what the plan states, what is proposed, and the batch', () => {
    const shapes = { images: [1, 3, 320, 640], state: [2, 1, 5] }
    const shaped = shapedInputs({ ...plan, shapes }, manifest(images, mask, state), 8)
    expect(shaped.map(({ shape }) => shape)).toEqual([
      [8, 3, 320, 640],
      [8, 320, 640],
      [2, 8, 5],
    ])
    expect(leadShape(plan, manifest(images), 4)).toEqual([4, 3, 224, 224])
    expect(leadShape({ ...plan, inputSize: 96 }, manifest(images), 4)).toEqual([4, 3, 96, 96])
  })

  it('of a model whose manifest lists none are its picture', () => {
    expect(leadShape(plan, base, 8)).toEqual([8, base.input.channels, base.input.height, base.input.width])
  })

  it('leave out what was assumed of an input where the plan states it', () => {
    const assumptions = [
      '"x" leaves W open: 224 is used.',
      '"x" (float32) is fed 0 to 1.',
      '"y" (bool) is fed 0 and 1.',
    ]
    expect(assumedSentences({}, { assumptions })).toEqual(assumptions)
    expect(assumedSentences({ shapes: { x: [1, 8] } }, { assumptions })).toEqual(assumptions.slice(1))
    const inputValues = { x: { kind: 'constant', value: 0 } } as const
    expect(assumedSentences({ inputValues }, { assumptions })).toEqual([assumptions[0], assumptions[2]])
  })

  it('refuse a size that nobody states, with the option that states it', () => {
    expect(messages({}, images, state)).toEqual([
      'Sizes are open, and nothing proposes them: "steps" of "state" [2, N, steps]. State them, for example --shapes state:2x1x16.',
    ])
  })

  it('refuse all that does not fit at once', () => {
    const shapes = { images: [3, 224, 224], mask: [4, 9, 9], other: [1], state: [3, 1, 5] }
    expect(messages({ shapes }, images, mask, state)).toEqual([
      'Example has no input named "other". Its inputs are images, mask, state.'.replace('Example', base.name),
      '"images" has 4 dimensions, [N, 3, H, W], and 3x224x224 has 3. Write --shapes images:1x3x224x224.',
      '--shapes states batch 4 for "mask", and the plan measures batch 8. Leave out --batch, or write 1 where --shapes has the batch.',
      'The file fixes sizes of "state" ([2, N, steps]): 2, not 3. State only open sizes, or export the model with others.',
    ])
  })

  it.each([
    ['pictures for what takes none', 'mask', { kind: 'images' }],
    ['a range upside down', 'state', { kind: 'range', low: 1, high: 0 }],
    ['a boolean of 2', 'mask', { kind: 'constant', value: 2 }],
    ['half a boolean', 'mask', { kind: 'constant', value: 0.5 }],
  ] as const)('refuse values: %s', (_name, name, values) => {
    const shapes = { state: [2, 1, 5] }
    expect(messages({ shapes, inputValues: { [name]: values } }, images, mask, state)).toHaveLength(1)
  })
})
