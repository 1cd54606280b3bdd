// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { scenarios } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

async function open(name: string) {
  const scenario = scenarios[name]?.()
  if (!scenario) throw new Error(`no scenario ${name}`)
  await openWindow(scenario)
  return scenario.bridge
}

test('a refused speedup keeps its row and says why in the chart and in the table', async () => {
  await open('results-full')
  expect(await screen.findByRole('button', { name: 'TensorRT INT8: show its raw samples' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Table' }))
  const table = await screen.findByRole('table', { name: 'Candidates at batch 1' })
  const row = within(table).getByText('TensorRT INT8').closest('tr')
  expect(row?.textContent).toContain('refused: parity failed: cosine 0.9617 is below 0.99')
})

test('throughput praises no candidate whose speedup is refused', async () => {
  await open('results-full')
  expect((await screen.findByRole('region', { name: 'Throughput by batch size' })).textContent).toMatch(
    /^TensorRT FP16 reaches [\d,]+ at batch 32/,
  )
})

test('memory on a CPU is headed as the process it is', async () => {
  await open('results')
  expect(await screen.findByText('Process memory (RSS)')).toBeTruthy()
  expect(screen.queryByText(/GPU memory/)).toBeNull()
})

test('seeded weights are said in the headline and the parity is not judged', async () => {
  await open('results-seeded')
  expect(await screen.findByText('seeded weights: timing valid, predictions not')).toBeTruthy()
  expect(screen.getAllByText('timing only, predictions not judged').length).toBeGreaterThan(0)
  expect(screen.getAllByText('not judged').length).toBe(2)
})

test('a simulated run says so in the headline and in every chart title', async () => {
  await open('results-simulated')
  await screen.findByText('Latency, simulated')
  expect(screen.getByText('Speedup over Simulated FP32, simulated')).toBeTruthy()
  expect(screen.getByText('images / s, simulated')).toBeTruthy()
  expect(screen.getByText('simulated', { selector: '.badge' })).toBeTruthy()
})

test('a failed run shows the remedy, what was kept and no speedup', async () => {
  await open('results-failed')
  expect((await screen.findByRole('alert')).textContent).toContain('stopped in round 9')
  expect(screen.getByRole('region', { name: 'Kept rounds' })).toBeTruthy()
  expect(screen.queryByText(/×/)).toBeNull()
})

test('with nothing measured the screen leads to the benchmark', async () => {
  await open('results-empty')
  await screen.findByText('Nothing measured yet')
  fireEvent.click(screen.getByRole('button', { name: 'Open Benchmark' }))
  expect(await screen.findByRole('main', { name: 'Benchmark' })).toBeTruthy()
})

test('a run that is gone says so and leads to the list', async () => {
  await open('results-unknown')
  expect((await screen.findByRole('alert')).textContent).toContain('Run gone was not found.')
  fireEvent.click(screen.getByRole('button', { name: 'All runs' }))
  expect(await screen.findByRole('main', { name: 'Runs' })).toBeTruthy()
})

test('B goes through the batch sizes', async () => {
  await open('results')
  await screen.findByText('Latency')
  fireEvent.keyDown(document.documentElement, { key: 'b', code: 'KeyB' })
  expect(screen.getByRole('button', { name: '8', pressed: true })).toBeTruthy()
})

test('the report is exported in the formats that were left chosen', async () => {
  const bridge = await open('report')
  fireEvent.click(await screen.findByRole('checkbox', { name: /^PDF/ }))
  fireEvent.click(screen.getByRole('button', { name: 'Export to a folder' }))
  expect((await screen.findByRole('status')).textContent).toContain('benchmark_results.json')
  expect(bridge.asked.filter(({ name }) => name === 'report:export')).toEqual([
    { name: 'report:export', payload: { runId: 'demonstration', formats: ['json', 'md', 'html', 'csv'] } },
  ])
})
