// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { exampleMachine } from '../../example-answers.ts'
import { scenarios } from '../../scenarios.ts'
import { closeWindow, openWindow } from '../../window.tsx'

afterEach(closeWindow)

async function open(name: string) {
  const scenario = scenarios[name]?.()
  if (!scenario) throw new Error(`no scenario ${name}`)
  await openWindow(scenario)
  await screen.findByRole('tab', { name: 'Launches' })
  return scenario.bridge
}

/** The badges beyond the first three, where there are more. */
function showConditions(): void {
  const button = screen.queryByRole('button', { name: /^Conditions/ })
  if (button !== null) fireEvent.click(button)
}

test('every verdict of a run by protocol 2 is in its row and in the table, with its interval', async () => {
  await open('results-undecided')
  expect(screen.getByText('stopped at the time limit after 20 launches')).toBeTruthy()
  showConditions()
  expect(screen.getByText('measured by protocol 2')).toBeTruthy()
  const rows = screen.getByRole('region', { name: 'Candidates' })
  expect(within(rows).getByText('same within 2 %')).toBeTruthy()
  expect(within(rows).getByText('undecided')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Table' }))
  const table = await screen.findByRole('table', { name: 'Candidates at batch 1' })
  const words = (name: string) => within(table).getByText(name).closest('tr')?.children[1]?.textContent
  expect(words('ONNX Runtime FP32')).toMatch(/^2\.0\d\d × \(1\.9\d\d – 2\.0\d\d\) faster$/)
  expect(words('torch.compile FP32')).toMatch(/^0\.88\d × \(0\.87\d – 0\.89\d\) slower$/)
  expect(words('ONNX Runtime (Node) FP32')).toMatch(/^\d\.\d{3} × \(0\.98\d – 1\.01\d\) same within 2 %$/)
  expect(words('OpenVINO FP32')).toMatch(/^1\.010 × .* undecided: needs about 4 more minutes$/)
  expect(words('ONNX Runtime FP16')).toMatch(/^speedup refused: /)
})

test('the launches show how each interval narrowed, and their table what each look said', async () => {
  await open('results-undecided')
  fireEvent.click(screen.getByRole('tab', { name: 'Launches' }))
  const panel = await screen.findByRole('tabpanel', { name: 'Launches' })
  expect(
    within(panel)
      .getAllByRole('img')
      .map(({ ariaLabel }) => ariaLabel),
  ).toEqual([
    expect.stringMatching(/^ONNX Runtime FP32: from .* after 2 launches to .* after 20 launches; .* faster\.$/),
    expect.stringMatching(/^OpenVINO FP32: .* undecided: needs about 4 more minutes\.$/),
    expect.stringMatching(/^ONNX Runtime \(Node\) FP32: .* same within 2 %\.$/),
    expect.stringMatching(/^torch\.compile FP32: .* slower\.$/),
  ])
  fireEvent.keyDown(document.documentElement, { key: 't', code: 'KeyT' })
  const table = await screen.findByRole('table', { name: 'Looks at batch 1' })
  expect(within(table).getAllByRole('row')).toHaveLength(1 + 4 * 4)
})

test('an undecided run is measured longer by one button, and what is measured is watched', async () => {
  const bridge = await open('results-undecided')
  expect(screen.getByText('Undecided: OpenVINO FP32 at batch 1.')).toBeTruthy()
  expect(screen.getByText(/everything measured so far is kept and counts/)).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Measure longer (about 4 min)' }))
  expect(await screen.findByRole('main', { name: 'Benchmark, running' })).toBeTruthy()
  expect(bridge.asked.filter(({ name }) => name === 'run:continue')).toHaveLength(1)
})

test('a run of another machine cannot be measured longer here, and says where', async () => {
  await open('results-undecided-elsewhere')
  expect(exampleMachine.cpuModel).not.toBe('AMD EPYC 7B13')
  expect(
    screen.getByText(/^This run can only be measured longer on the machine that measured it: AMD EPYC/),
  ).toBeTruthy()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: /^Measure longer/ }).disabled).toBe(true)
})

test('a decided run offers no further launches', async () => {
  await open('results-decided')
  showConditions()
  expect(screen.getByText('decided after 20 launches')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^Measure longer/ })).toBeNull()
})

test('a run of protocol 1 keeps its words, says its version and has no launches to show', async () => {
  await open('results')
  showConditions()
  expect(screen.getByText('measured by protocol 1')).toBeTruthy()
  expect(screen.getByText('no difference shown')).toBeTruthy()
  fireEvent.click(screen.getByRole('tab', { name: 'Launches' }))
  const panel = await screen.findByRole('tabpanel', { name: 'Launches' })
  expect(panel.textContent).toContain('This run was measured by protocol 1')
})
