// Drives the real window. Needs a display (xvfb-run on a machine without one) and a finished build in out/.
// One worker: the tests measure, and two measurements at once disturb each other.
import { defineConfig } from '@playwright/test'

// The app inherits it, and its records say so; see test/pipeline/watched-run.test.ts.
process.env.ENGINEBENCH_PREFLIGHT ??= 'off'

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.test.ts',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  // Chromium itself crashes now and then, and then no assertion was wrong. A test that needed its second try is listed.
  retries: 1,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  forbidOnly: true,
})
