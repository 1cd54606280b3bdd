import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// Every layer but end to end (Playwright, test/e2e) and Python (pytest). Long tests are named *.long.test.ts.
export default defineConfig({
  plugins: [react({ jsxImportSource: '#visible' })],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**', 'node_modules/**', ...(process.env.ENGINEBENCH_LONG ? [] : ['test/**/*.long.test.ts'])],
    // One more than the cores that a small machine has: tests that run workers mostly wait.
    maxWorkers: 3,
    // Records say so. The test that is about watching the machine before a run turns it on.
    env: { ENGINEBENCH_PREFLIGHT: 'off' },
    testTimeout: 30_000,
    // The soak kills windows also while Playwright starts them, and Playwright rejects a promise that nobody holds.
    onUnhandledError: ({ message, stack }) =>
      message !== 'Process failed to launch!' || stack?.includes('playwright-core') !== true,
    reporters: ['default'],
  },
})
