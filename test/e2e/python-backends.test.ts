// PyTorch and ONNX Runtime side by side, through the window.
import type { Plan } from '../../shared/domain/plan.ts'
import { expect, isLong, request, test } from './harness/app.ts'
import { capture, readyForCapture, show } from './harness/capture.ts'
import { digitsPlan, startRun, untilEnded, untilRounds } from './harness/plans.ts'
import { processesOf, workersOf } from './harness/processes.ts'
import { adoptPython, testPython } from './harness/python.ts'

test.skip(!testPython, 'ENGINEBENCH_TEST_PYTHON names no interpreter')
test.beforeEach(({ home }) => adoptPython(home))

function clipPlan(overrides: Partial<Plan> = {}): Plan {
  return digitsPlan({
    model: 'clip-vit-b32',
    candidates: [
      { backend: 'torch-eager', precision: 'fp32', options: {} },
      { backend: 'onnxruntime', precision: 'fp32', options: {} },
    ],
    weights: { kind: 'seeded' },
    threads: 2,
    ...overrides,
  })
}

/** Nothing to export and little to load, so it measures soon. */
function torchPlan(): Plan {
  return digitsPlan({
    candidates: [
      { backend: 'torch-eager', precision: 'fp32', options: {} },
      { backend: 'torch-eager', precision: 'bf16', options: {} },
    ],
  })
}

test('CLIP runs on the photographs, labelled for its seeded weights wherever its speedup shows', async ({
  openApp,
}) => {
  test.skip(!isLong, 'takes minutes: npm run test:long')
  test.setTimeout(420_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)
  const runId = await startRun(page, clipPlan())
  await show(page, '#/benchmark')
  await untilRounds(page, runId, 6, 240_000)
  await capture(page, 'benchmark-running-clip')
  const record = await untilEnded(page, runId, 400_000)
  expect(record).toMatchObject({ state: 'completed', error: null })
  expect(record.images.found).toBe(record.images.used + record.images.skipped.length + record.images.notUsed)
  expect(record.images.used).toBe(24)
  const cases = record.groups.flatMap((group) => group.cases)
  expect(cases.map(({ caseKey, state, weights, parity }) => [caseKey, state, weights, parity.verdict])).toEqual([
    ['torch-eager-fp32', 'completed', 'seeded', 'not-judged'],
    ['onnxruntime-fp32', 'completed', 'seeded', 'not-judged'],
  ])
  for (const { precisionProof, latencyMs, memory, speedup } of cases) {
    expect(precisionProof).toMatchObject({ holds: true, label: 'fp32' })
    expect(latencyMs.p50.value).toBeGreaterThan(0)
    expect(memory.processPeakBytes.value).toBeGreaterThan(1e8)
    expect(speedup.heading).toBe('timing only, predictions not judged')
  }
  await show(page, `#/results/${runId}`)
  await expect(page.getByText('seeded weights', { exact: false }).first()).toBeVisible()
  await capture(page, 'results-seeded')
  await show(page, '#/setup')
  await expect(page.getByRole('row', { name: 'PyTorch eager', exact: true })).toContainText('Ready')
  await capture(page, 'setup-python')
  expect(consoleLines).toEqual([])
})

test('cancelling mid-run keeps the finished rounds and leaves no process', async ({ openApp, home }) => {
  test.setTimeout(300_000)
  const { page } = await openApp()
  const runId = await startRun(page, torchPlan())
  await show(page, '#/benchmark')
  await expect(page.getByText(/round \d+ of \d+/)).toBeVisible({ timeout: 240_000 })
  await untilRounds(page, runId, 2)
  expect((await workersOf(home)).length).toBeGreaterThanOrEqual(2)
  await page.getByRole('button', { name: /^Cancel, keep/ }).click()
  const record = await untilEnded(page, runId)
  expect(record.state).toBe('cancelled')
  await expect.poll(() => workersOf(home)).toEqual([])
  const { blocks } = await request(page, 'run:samples', {
    runId,
    groupKey: 'digits-b1',
    caseKey: 'torch-eager-fp32',
  })
  expect(blocks.length).toBeGreaterThanOrEqual(2)
})

test('fault-09: the app is killed while PyTorch runs; the Python workers end with it', async ({ openApp, home }) => {
  test.setTimeout(300_000)
  const { app, page } = await openApp()
  await startRun(page, torchPlan())
  await expect.poll(async () => (await workersOf(home)).length, { timeout: 120_000 }).toBeGreaterThan(0)
  app.process().kill('SIGKILL')
  await expect.poll(() => processesOf(home), { timeout: 3000 }).toEqual([])
})
