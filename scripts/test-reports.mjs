// Reads the reports of the test programs: how many tests passed, failed and were skipped, and how long each one took. A
// report without test results is null: the stage then counts as one test, by its exit code.

/**
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts
 * @typedef {{ readonly name: string, readonly seconds: number, readonly failed: boolean, readonly retried?: true }} TimedTest
 * @typedef {{ readonly counts: Counts, readonly tests: readonly TimedTest[] }} TestReport
 */

/**
 * vitest's JSON report. A file that could not even be loaded holds no tests and counts as one failure.
 * @param {string} text
 * @param {string} root folder that names are shown from
 * @returns {TestReport | null}
 */
export function readVitest(text, root = '') {
  const report = parse(text)
  if (!report) return null
  const isBroken = ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0
  const broken = report.testResults.filter(isBroken)
  return {
    counts: {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    tests: report.testResults.flatMap((file) => {
      const path = file.name.replace(root, '')
      if (isBroken(file)) return [{ name: path, seconds: 0, failed: true }]
      return file.assertionResults.map(({ fullName, duration, status }) => ({
        name: `${path}: ${fullName}`,
        seconds: (duration ?? 0) / 1000,
        failed: status === 'failed',
      }))
    }),
  }
}

/**
 * pytest's JUnit XML. An expected failure counts as passed; an error of a fixture counts as failed.
 * @param {string} text
 * @returns {TestReport | null}
 */
export function readPytest(text) {
  if (!text.includes('</testsuites>')) return null
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const tests = [...text.matchAll(/<testcase ([^>]*?)(\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, attributes, , body = '']) => {
      const failed = /<(failure|error)\b/.test(body)
      const skipped = /<skipped\b/.test(body) && !body.includes('type="pytest.xfail"')
      counts[failed ? 'failed' : skipped ? 'skipped' : 'passed'] += 1
      const value = (name) => decoded(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')
      return { name: `${value('classname')}: ${value('name')}`, seconds: Number(value('time')), failed }
    },
  )
  return { counts, tests }
}

/**
 * Playwright's JSON report.
 * @param {string} text
 * @returns {TestReport | null}
 */
export function readPlaywright(text) {
  const report = parse(text)
  if (!report?.stats) return null
  const { expected, flaky, unexpected, skipped } = report.stats
  return {
    counts: { passed: expected + flaky, failed: unexpected, skipped },
    tests: report.suites.flatMap((suite) => testsOfSuite(suite, [])),
  }
}

function testsOfSuite({ title, specs = [], suites = [] }, outer) {
  const path = [...outer, title]
  const tests = specs.map((spec) => ({
    name: [...path, spec.title].join(': '),
    seconds: spec.tests.flatMap(({ results }) => results).reduce((sum, { duration }) => sum + duration, 0) / 1000,
    failed: !spec.ok,
    ...(spec.ok && spec.tests.some(({ results }) => results.length > 1) ? { retried: true } : {}),
  }))
  return [...tests, ...suites.flatMap((suite) => testsOfSuite(suite, path))]
}

/**
 * @param {number} code
 * @returns {Counts}
 */
export function countsOfExitCode(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

/**
 * `812 passed, 0 failed`, and how many were skipped if any were.
 * @param {Counts} counts
 */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * One line for each of the slowest tests, the slowest first.
 * @param {readonly TimedTest[]} tests
 */
export function slowestLines(tests, most = 25) {
  return [...tests]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, most)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`)
}

/**
 * One line for each test that passed only when it was tried again.
 * @param {readonly TimedTest[]} tests
 */
export function retriedLines(tests) {
  return tests.filter(({ retried }) => retried).map(({ name }) => `passed only at the second try: ${name}`)
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text) {
  return text
    .replaceAll(/&#x?([0-9A-Fa-f]+);/g, (whole, digits) =>
      String.fromCodePoint(Number.parseInt(digits, whole.startsWith('&#x') ? 16 : 10)),
    )
    .replaceAll(/&(\w+);/g, (whole, name) => entities[name] ?? whole)
}
