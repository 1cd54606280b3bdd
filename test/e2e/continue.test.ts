// A run that ends undecided is measured longer from Results: the same run goes on, and nothing measured is lost.
import { expect, request, test } from './harness/app.ts'
import { readyForCapture, show } from './harness/capture.ts'
import { showConditions } from './harness/kept-runs.ts'
import { simulatedPlan, startRun, untilEnded } from './harness/plans.ts'

// In an app of its own: the demonstration is offered only where nothing was measured yet.
test('an undecided run is measured longer by one button, and keeps its launches', async ({ openApp }) => {
  test.setTimeout(240_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)
  const options = (medianMs: number) => ({ medianMs, spread: 0.05 })
  const runId = await startRun(
    page,
    simulatedPlan({
      candidates: [
        { backend: 'simulated', precision: 'fp32', options: options(12) },
        { backend: 'simulated', precision: 'fp16', options: options(11.9) },
      ],
      budget: { mostLaunches: 2 },
    }),
  )
  const first = await untilEnded(page, runId)
  expect(first.groups[0]).toMatchObject({ stopped: 'launches', launches: { length: 2 } })
  expect(first.groups[0]?.cases[1]?.speedup.verdict).toBe('undecided')

  await show(page, `#/results/${runId}`)
  await showConditions(page)
  await expect(page.getByText('stopped at the launch limit after 2 launches')).toBeVisible()
  await page.getByRole('button', { name: /^Measure longer/ }).click()
  await expect(page.getByRole('main', { name: 'Benchmark, running' })).toContainText(
    /[2-9] of at most \d+ launches are done/,
  )
  await expect(page.getByText(/^(Launch [3-9]|Decided after)/)).toBeVisible()
  await expect(page.getByRole('main', { name: 'Benchmark, running' })).not.toContainText('Parity is checked')

  const longer = await untilEnded(page, runId, 180_000)
  expect(longer.groups[0]?.launches?.slice(0, 2)).toEqual(first.groups[0]?.launches)
  expect(longer.groups[0]?.launches?.length).toBeGreaterThan(2)
  await showConditions(page)
  await expect(page.getByRole('main', { name: 'Results' })).toContainText(/decided after \d+ launches|stopped at/)
  expect((await request(page, 'run:list', {})).filter((run) => run.runId === runId)).toHaveLength(1)
  expect(consoleLines).toEqual([])
})
