import { expect, test } from 'vitest'
import {
  countsLine,
  readPlaywright,
  readPytest,
  readVitest,
  retriedLines,
  slowestLines,
} from '../../scripts/test-reports.mjs'

test('pytest is read from its XML: errors are failures, expected failures pass', () => {
  const report = `<?xml version="1.0"?><testsuites><testsuite tests="5">
    <testcase classname="test_loop" name="test_a[&lt;x&gt;]" time="1.5" />
    <testcase classname="test_loop" name="test_b" time="0.25"><failure message="no">assert
      0</failure></testcase>
    <testcase classname="test_loop" name="test_c" time="0"><error message="setup">E</error></testcase>
    <testcase classname="test_loop" name="test_d" time="0"><skipped type="pytest.skip" message="no GPU" /></testcase>
    <testcase classname="test_loop" name="test_e" time="0"><skipped type="pytest.xfail" message="known" /></testcase>
    </testsuite></testsuites>`
  expect(readPytest(report)).toEqual({
    counts: { passed: 2, failed: 2, skipped: 1 },
    tests: [
      { name: 'test_loop: test_a[<x>]', seconds: 1.5, failed: false },
      { name: 'test_loop: test_b', seconds: 0.25, failed: true },
      { name: 'test_loop: test_c', seconds: 0, failed: true },
      { name: 'test_loop: test_d', seconds: 0, failed: false },
      { name: 'test_loop: test_e', seconds: 0, failed: false },
    ],
  })
})

test('a report that was never finished has no counts', () => {
  expect([readPytest('<testsuites><testsuite>'), readVitest(''), readPlaywright('{}')]).toEqual([null, null, null])
})

test('a vitest file that cannot be loaded is a failure though it holds no tests', () => {
  const report = {
    numPassedTests: 1,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [
      {
        name: '/clone/test/a.test.ts',
        status: 'passed',
        assertionResults: [
          { fullName: 'adds', duration: 1200, status: 'passed' },
          { fullName: 'is skipped', duration: null, status: 'pending' },
        ],
      },
      { name: '/clone/test/b.test.ts', status: 'failed', assertionResults: [] },
    ],
  }
  expect(readVitest(JSON.stringify(report), '/clone/')).toEqual({
    counts: { passed: 1, failed: 1, skipped: 1 },
    tests: [
      { name: 'test/a.test.ts: adds', seconds: 1.2, failed: false },
      { name: 'test/a.test.ts: is skipped', seconds: 0, failed: false },
      { name: 'test/b.test.ts', seconds: 0, failed: true },
    ],
  })
})

test('playwright is read from its statistics and its nested suites', () => {
  const spec = (title: string, ok: boolean, ...durations: number[]) => ({
    title,
    ok,
    tests: [{ results: durations.map((duration) => ({ duration })) }],
  })
  const report = {
    stats: { expected: 4, flaky: 1, unexpected: 2, skipped: 3 },
    suites: [
      {
        title: 'a.test.ts',
        specs: [spec('opens', true, 500)],
        suites: [{ title: 'a run', specs: [spec('ends', false, 1000, 2000)] }],
      },
    ],
  }
  expect(readPlaywright(JSON.stringify(report))).toEqual({
    counts: { passed: 5, failed: 2, skipped: 3 },
    tests: [
      { name: 'a.test.ts: opens', seconds: 0.5, failed: false },
      { name: 'a.test.ts: a run: ends', seconds: 3, failed: true },
    ],
  })
})

test('a test that passed only at the second try is named', () => {
  const tried = (title: string, ok: boolean, tries: number) => ({
    title,
    ok,
    tests: [{ results: Array.from({ length: tries }, () => ({ duration: 100 })) }],
  })
  const report = {
    stats: { expected: 1, flaky: 1, unexpected: 1, skipped: 0 },
    suites: [
      { title: 'a.test.ts', specs: [tried('opens', true, 1), tried('ends', true, 2), tried('fails', false, 2)] },
    ],
  }
  expect(retriedLines(readPlaywright(JSON.stringify(report))?.tests ?? [])).toEqual([
    'passed only at the second try: a.test.ts: ends',
  ])
})

test('the slowest tests come first', () => {
  const tests = [1, 3, 2].map((seconds) => ({ name: `takes ${seconds}`, seconds, failed: false }))
  expect(slowestLines(tests, 2)).toEqual(['    3.0 s  takes 3', '    2.0 s  takes 2'])
})

test.each([
  [{ passed: 8, failed: 0, skipped: 0 }, '8 passed, 0 failed'],
  [{ passed: 8, failed: 1, skipped: 2 }, '8 passed, 1 failed, 2 skipped'],
])('%o reads %j', (counts, line) => {
  expect(countsLine(counts)).toBe(line)
})
