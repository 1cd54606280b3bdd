// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { usePlanDraft } from '../../../../renderer/state/plan-draft.ts'
import { scenarios } from '../../scenarios.ts'
import { closeWindow, openWindow } from '../../window.tsx'

afterEach(closeWindow)

async function open(name: string) {
  const scenario = scenarios[name]?.()
  if (!scenario) throw new Error(`no scenario ${name}`)
  await openWindow(scenario)
  await screen.findByRole('tab', { name: 'Samples' })
}

async function view(name: string) {
  fireEvent.click(screen.getByRole('tab', { name }))
  return screen.findByRole('tabpanel', { name })
}

function rowsOf(table: HTMLElement): (readonly (string | null)[])[] {
  return within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) => [...row.children].map(({ textContent }) => textContent))
}

test('the headline says how quiet the machine was, what it tells apart, and the gain without disturbed rounds', async () => {
  await open('results-passes')
  fireEvent.click(screen.getByRole('button', { name: /^Conditions/ }))
  expect(screen.getByText('noisy before the run')).toBeTruthy()
  expect(screen.getByText('Other programs used 34 % of one core in the 5 s before the run.')).toBeTruthy()
  expect(screen.getByText('shows differences from 2.4 %').title).toContain('40 comparisons')
  expect(screen.getByText(/^Without 1 disturbed round it is 1\.23 ×/)).toBeTruthy()
})

test('GPU memory of which the allocator alone is known is drawn with its number, and the chosen row names all three', async () => {
  await open('results-passes')
  const rows = screen.getByRole('region', { name: 'Candidates' })
  expect(within(rows).getByText('288')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'CUDA graph FP16: show its raw samples' }))
  expect(screen.getByRole('region', { name: 'Memory and energy of the chosen candidate' }).textContent).toBe(
    'CUDA graph FP16' +
      '◇ declared by engine – this backend declares none' +
      '○ allocator peak 288 MiB' +
      '│ process peak – another process used the GPU while memory was measured' +
      'energy, gross 0.380 J / image' +
      'net of idle 0.288 J / image (322 W, idle 78.0 W, the GPU board, not the wall)',
  )
})

test('the time of a query is split by the host’s clock, with its table and who could not be split', async () => {
  await open('results-passes')
  const panel = await view('Time')
  expect(within(panel).getByText(/^TensorRT FP16 spends \d+ % of a query in compute$/)).toBeTruthy()
  expect(within(panel).getByRole('list', { name: 'Not measured' }).textContent).toBe(
    'CUDA graph FP16not measured: a captured graph is one piece: its parts cannot be timed',
  )
  fireEvent.keyDown(document.documentElement, { key: 't', code: 'KeyT' })
  const rows = rowsOf(await screen.findByRole('table', { name: 'Parts of one query, ms' }))
  expect(rows.filter(([name, part]) => name === 'TensorRT FP16' && part === 'compute')).toEqual([
    ['TensorRT FP16', 'compute', 'host', '0.893', 'yes', '200'],
    ['TensorRT FP16', 'compute', 'device', expect.stringMatching(/^0\.\d+$/), 'yes', '200'],
  ])
})

test('a cold start tells its parts, its processes and its caches', async () => {
  await open('results-passes')
  const panel = await view('Cold start')
  expect(within(panel).getByText(/^ONNX Runtime FP16 answers first, after 1\.5 s$/)).toBeTruthy()
  expect(panel.textContent).toContain('n = 5 fresh processes per case')
  expect(panel.textContent).toContain('CUDA’s compile cache: warm')
})

test('two engines are compared by operator, and either can be another', async () => {
  await open('results-passes')
  const panel = await view('Layers')
  expect(within(panel).getByRole('table', { name: 'Costliest layers of TensorRT FP16' })).toBeTruthy()
  fireEvent.change(within(panel).getByRole('combobox', { name: 'Second engine' }), {
    target: { value: 'torch-eager-fp32' },
  })
  fireEvent.keyDown(document.documentElement, { key: 't', code: 'KeyT' })
  const table = await screen.findByRole('table', { name: 'Time by operator, ms of one query' })
  expect(
    within(table)
      .getAllByRole('columnheader')
      .map(({ textContent }) => textContent),
  ).toEqual([
    'Operator',
    'TensorRT FP16, ms',
    'TensorRT FP16, share',
    'PyTorch eager FP32, ms',
    'PyTorch eager FP32, share',
  ])
})

test('each case has its sentence under the roof of the device', async () => {
  await open('results-passes')
  const panel = await view('Limits')
  expect(within(panel).getByRole('img', { name: /under the device's roof/ })).toBeTruthy()
  expect(within(panel).getByText(/^TensorRT FP16 reaches 5\.5 % of its roof, bound by memory$/)).toBeTruthy()
  expect(panel.textContent).toContain('PyTorch eager FP32: this engine runs at 4 % of what this device can do')
})

test('both scenarios say that they are no MLPerf result', async () => {
  await open('results-passes')
  const panel = await view('Serving')
  expect(within(panel).getAllByText(/not an MLPerf result/)).toHaveLength(2)
  expect(panel.textContent).toContain('bound 15 ms')
})

test('arrow keys go round the views', async () => {
  await open('results-passes')
  const press = (key: string) => fireEvent.keyDown(document.documentElement, { key, code: key })
  press('ArrowRight')
  expect(screen.getByRole('tab', { name: 'Launches', selected: true })).toBeTruthy()
  press('ArrowLeft')
  press('ArrowLeft')
  expect(screen.getByRole('tab', { name: 'Serving', selected: true })).toBeTruthy()
})

test('a view of what was not measured says what to tick, and its button plans the run again with it', async () => {
  await open('results')
  const panel = await view('Cold start')
  expect(panel.textContent).toContain('Tick "Cold start" under "Extra measurements" on Benchmark')
  fireEvent.click(within(panel).getByRole('button', { name: 'Plan it again with cold start' }))
  expect(await screen.findByRole('switch', { name: 'Cold start', checked: true })).toBeTruthy()
  expect(usePlanDraft.getState().plan?.passes).toEqual({ coldStart: { launches: 5 } })
})
