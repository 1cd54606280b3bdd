import { expect, test } from 'vitest'
import { faults, hardeningPage, rules, testsNamed } from './hardening-page.ts'
import { readText } from './source-tree.ts'

const lists = [
  ['fault', faults, 40],
  ['rule', rules, 20],
] as const

test.each(lists)('every %s of the list has a test that is named after it', (prefix, rows, count) => {
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'))
  expect(Object.keys(rows).sort()).toEqual(numbers)
  const named = testsNamed(prefix)
  expect(numbers.filter((number) => !named.has(number))).toEqual([])
})

test.each(lists)('no test is named after a %s that is not listed', (prefix, rows) => {
  expect([...testsNamed(prefix).keys()].filter((number) => !(number in rows))).toEqual([])
})

test('the page of faults and rules says which tests there are; if not, run `npm run generate`', () => {
  expect(readText('docs/reference/hardening.md')).toBe(hardeningPage())
})
