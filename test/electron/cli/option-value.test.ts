import { expect, test } from 'vitest'
import { choiceOption, integerOption, listOption, textOption } from '../../../electron/cli/option-value.ts'

const badUsage = (message: RegExp) =>
  expect.objectContaining({
    record: expect.objectContaining({
      code: 'bad-usage',
      message: expect.stringMatching(message),
      remedy: expect.any(String),
    }),
  })

test('an option that is not there is null', () => {
  expect([
    textOption({}, 'model'),
    listOption({}, 'batch'),
    integerOption({}, 'seed', 0, 9),
    choiceOption({}, 'device', ['cpu']),
  ]).toEqual([null, null, null, null])
})

test('the parser’s numbers are text again', () => {
  expect(textOption({ model: 5 }, 'model')).toBe('5')
  expect(listOption({ batch: 8 }, 'batch')).toEqual(['8'])
})

test('a list is split at commas, and a repeated option adds to it', () => {
  expect(listOption({ batch: ['1, 2', 4] }, 'batch')).toEqual(['1', '2', '4'])
})

test.each([
  ['a value left out', () => textOption({ imageLimit: true }, 'imageLimit'), /--image-limit needs one value/],
  ['a value given twice', () => textOption({ model: ['a', 'b'] }, 'model'), /--model needs one value/],
  ['an empty entry', () => listOption({ batch: '1,,2' }, 'batch'), /--batch holds an empty value/],
  ['a fraction', () => integerOption({ seed: 1.5 }, 'seed', 0, 9), /--seed cannot be 1\.5/],
  ['zero', () => integerOption({ imageLimit: 0 }, 'imageLimit', 1, 9), /--image-limit cannot be 0/],
  ['a word for a number', () => integerOption({ seed: 'x' }, 'seed', 0, 9), /--seed cannot be x/],
  ['a choice that is none', () => choiceOption({ device: 'tpu' }, 'device', ['cpu', 'cuda']), /--device cannot be tpu/],
])('%s is refused by the option’s name', (_what, read, message) => {
  expect(read).toThrow(badUsage(message))
})
