import { defineConfig } from 'vitest/config'

// `npm run bench`: one file at a time, so that nothing else of ours runs during a measurement. Prints; asserts nothing.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['test/bench/**/*.bench.ts'],
    maxWorkers: 1,
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ['dot'],
  },
})
