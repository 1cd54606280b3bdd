import { expect, test } from 'vitest'
import { countsLine, countsOfPlaywright, countsOfPytest, countsOfVitest } from '../../scripts/test-counts.mjs'

test('pytest is read from its last line, errors being failures', () => {
  expect(countsOfPytest('....\n2 failed, 118 passed, 3 skipped, 1 error in 12.34s\n')).toEqual({
    passed: 118,
    failed: 3,
    skipped: 3,
  })
})

test('pytest that never came to its last line has no counts', () => {
  expect(countsOfPytest('ImportError while loading conftest')).toBeNull()
})

test('a vitest file that cannot be loaded is a failure though it holds no tests', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [
      { status: 'passed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  }
  expect(countsOfVitest(JSON.stringify(report))).toEqual({ passed: 5, failed: 1, skipped: 1 })
})

test('playwright is read from its statistics', () => {
  const report = { stats: { expected: 4, flaky: 1, unexpected: 2, skipped: 3 } }
  expect(countsOfPlaywright(JSON.stringify(report))).toEqual({ passed: 5, failed: 2, skipped: 3 })
})

test.each([
  [{ passed: 8, failed: 0, skipped: 0 }, '8 passed, 0 failed'],
  [{ passed: 8, failed: 1, skipped: 2 }, '8 passed, 1 failed, 2 skipped'],
])('%o reads %j', (counts, line) => {
  expect(countsLine(counts)).toBe(line)
})
