import { expect, test } from 'vitest'
import { resumedRun } from '../../../electron/cli/resume-option.ts'

test('a run is resumed by its name alone, told as the user likes', () => {
  expect(resumedRun({ model: 'digits' })).toBe(null)
  expect(resumedRun({ resume: './clip', progress: 'none', json: true })).toBe('./clip')
})

test.each([
  ['batch', '--batch'],
  ['out', '--out'],
  ['coldStart', '--cold-start'],
])('%s beside it is refused by its name', (name, flag) => {
  expect(() => resumedRun({ resume: './clip', [name]: '1' })).toThrow(
    `A run is resumed with the plan that it has: ${flag} cannot be given beside --resume.`,
  )
})

test('without a run it is refused', () => {
  expect(() => resumedRun({ resume: true })).toThrow('--resume needs one value.')
})
