// Reads from a test program's report how many tests passed, failed and were skipped. A report that says nothing of
// tests is null: the stage then counts as one test, by its exit code.
import { stripVTControlCharacters } from 'node:util'

/** vitest's JSON report. */
export function countsOfVitest(text) {
  const report = parse(text)
  if (!report) return null
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles(report),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** Files that could not even be loaded hold no tests, yet they are failures. */
function brokenFiles(report) {
  return report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length
}

/** pytest's last line: `3 failed, 120 passed, 2 skipped, 1 error in 12.34s`. */
export function countsOfPytest(text) {
  const line = stripVTControlCharacters(text)
    .split('\n')
    .findLast((candidate) => /\b\d+ (passed|failed|error|errors|skipped)\b.* in [\d.]+s/.test(candidate))
  if (!line) return null
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  return {
    passed: count('passed') + count('xfailed'),
    failed: count('failed') + count('errors?') + count('xpassed'),
    skipped: count('skipped') + count('deselected'),
  }
}

/** Playwright's JSON report. */
export function countsOfPlaywright(text) {
  const stats = parse(text)?.stats
  if (!stats) return null
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
}

export function countsOfExitCode(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

/** `812 passed, 0 failed`, with what was skipped where something was. */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
