import { expect, test } from 'vitest'
import { z } from 'zod'
import { defaultText, numberRange, type Option, rangeText, readOption } from '../../../shared/domain/option.ts'

const energy = {
  flag: 'energy',
  valueName: 'seconds',
  valueMayBeLeftOut: true,
  schema: z.number().min(10_000).max(300_000).default(30_000),
  unitFactor: 1000,
  description: 'Measure energy per image',
} satisfies Option
const halfWidth = {
  flag: 'half-width',
  valueName: 'percent',
  schema: z.number().min(0.001).max(0.5).default(0.02),
  unitFactor: 0.01,
  description: 'Add rounds until intervals are this narrow',
} satisfies Option
const batch = {
  flag: 'batch',
  valueName: 'sizes',
  schema: z.array(z.number().int().min(1).max(64)).min(1).default([1, 8]),
  description: 'Batch sizes',
} satisfies Option
const device = {
  flag: 'device',
  valueName: 'device',
  schema: z.enum(['cpu', 'cuda']).default('cpu'),
  description: 'Device',
} satisfies Option
const level = {
  flag: 'level',
  valueName: 'level',
  schema: z.number().int().min(0).max(5).nullable().default(null),
  description: 'Level',
  defaultText: "the library's",
} satisfies Option
const workspace = {
  flag: 'workspace',
  valueName: 'GiB',
  schema: z.number().positive().max(1024).default(4),
  description: 'Workspace',
} satisfies Option
const model = { flag: 'model', valueName: 'id', schema: z.string(), description: 'Model' } satisfies Option
const json = { flag: 'json', valueName: null, schema: z.boolean(), description: 'JSON' } satisfies Option
const pair = {
  flag: 'pair',
  valueName: 'a:b',
  schema: z.string().transform((text, context) => {
    const [a, b] = text.split(':')
    if (a && b) return { a, b }
    context.addIssue({ code: 'custom', message: 'Write A:B, e.g. 1:2.', params: { code: 'unknown-backend' } })
    return z.NEVER
  }),
  description: 'Pair',
} satisfies Option

test("range and default are the schema's, in the unit that the user types", () => {
  const told = [energy, halfWidth, batch, device, level, workspace, model, json].map((option: Option) => [
    rangeText(option),
    defaultText(option),
  ])
  expect(told).toEqual([
    ['10 to 300', '30'],
    ['0.1 to 50', '2'],
    ['1 to 64', '1,8'],
    ['cpu or cuda', 'cpu'],
    ['0 to 5', "the library's"],
    ['above 0, at most 1024', '4'],
    [null, null],
    [null, null],
  ])
  expect(numberRange(energy)).toEqual({
    minimum: 10,
    maximum: 300,
    excludesMinimum: false,
    isWhole: false,
    usual: 30,
  })
})

test('what is typed becomes a value in the unit of the record', () => {
  const read = [
    readOption(energy, ['12']),
    readOption(energy, [null]),
    readOption(halfWidth, ['29']),
    readOption(batch, ['1, 2', '4']),
    readOption(device, ['cuda']),
    readOption(model, ['12e4']),
    readOption(json, [null]),
    readOption(pair, ['1:2']),
  ]
  expect(read).toEqual(
    [12_000, 30_000, 0.29, [1, 2, 4], 'cuda', '12e4', true, { a: '1', b: '2' }].map((value) => ({ value })),
  )
})

test.each<[string, Option, readonly (string | null)[], string, string]>([
  ['a number below its range', energy, ['8'], '--energy cannot be "8".', 'Give a number from 10 to 300.'],
  ['a word for a number', batch, ['all'], '--batch cannot be "all".', 'Give a whole number from 1 to 64.'],
  ['one number of a list', batch, ['1,0,2'], '--batch cannot be "0".', 'Give a whole number from 1 to 64.'],
  ['a fraction of a whole', level, ['1.5'], '--level cannot be "1.5".', 'Give a whole number from 0 to 5.'],
  ['the excluded minimum', workspace, ['0'], '--workspace cannot be "0".', 'Give a number above 0, at most 1024.'],
  ['a choice that is not listed', device, ['tpu'], '--device cannot be "tpu".', 'Choose cpu or cuda.'],
  ['a value left out', model, [null], '--model needs a value.', 'Write --model ID.'],
  ['a number left out', batch, [null], '--batch needs a value.', 'Give a whole number from 1 to 64.'],
  ['a value given twice', model, ['a', 'b'], '--model is given 2 times.', 'Give it once.'],
  ['an empty entry', batch, ['1,,2'], '--batch has an empty value.', 'Separate its values with single commas.'],
  ['a value of a switch', json, ['no'], '--json takes no value.', 'Write --json only.'],
])('%s is refused with the range', (_what, option, texts, message, remedy) => {
  expect(readOption(option, texts)).toEqual({ fault: { code: 'bad-usage', message, remedy } })
})

test('a schema of its own says what to write, and its own code', () => {
  expect(readOption(pair, ['x'])).toEqual({
    fault: { code: 'unknown-backend', message: '--pair cannot be "x".', remedy: 'Write A:B, e.g. 1:2.' },
  })
})
