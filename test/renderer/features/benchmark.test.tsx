// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { demonstrationPlan } from '../../../renderer/state/plan-draft.ts'
import { createFakeBridge } from '../../fakes/bridge.ts'
import { demonstrationCases, exampleRecord } from '../example-answers.ts'
import { raceRounds, raceStart } from '../live-race.ts'
import { worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

const race = { cases: demonstrationCases, launches: 2, rounds: 12, samplesPerBlock: 40, seed: 7 }
const done = exampleRecord({ runId: 'live', modelName: 'Digits', cases: demonstrationCases, batchSizes: [1, 8] })

test('on first start one button runs the demonstration that needs nothing installed', async () => {
  const bridge = createFakeBridge(worldAnswers({}))
  await openWindow({ bridge, path: '/benchmark' })
  const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Run the demonstration' })
  await waitFor(() => expect(button.disabled).toBe(false))
  fireEvent.click(button)
  await waitFor(() =>
    expect(bridge.asked.filter(({ name }) => name === 'run:start')).toEqual([
      { name: 'run:start', payload: { plan: demonstrationPlan(8) } },
    ]),
  )
})

test('a candidate that cannot run is greyed with its reason', async () => {
  await openWindow({ bridge: createFakeBridge(worldAnswers({})), path: '/benchmark' })
  const cell = await screen.findByRole<HTMLButtonElement>('button', { name: 'PyTorch eager FP32' })
  expect(cell.disabled).toBe(true)
  expect(cell.closest('tr')?.textContent).toContain('No Python environment.')
})

test('a plan that is refused says why and cannot be started', async () => {
  const bridge = createFakeBridge({
    ...worldAnswers({}),
    'settings:read': () => ({
      theme: 'dark' as const,
      lastPlan: {
        ...demonstrationPlan(8),
        candidates: [{ backend: 'torch-eager' as const, precision: 'fp32' as const, options: {} }],
      },
    }),
  })
  await openWindow({ bridge, path: '/benchmark' })
  expect((await screen.findByRole('alert')).textContent).toContain('PyTorch eager has no Python environment.')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: /^(Run|Start)/ }).disabled).toBe(true)
})

test('choosing another model brings the candidates that are ready for it', async () => {
  const bridge = createFakeBridge(worldAnswers({ ready: ['torch-eager', 'onnxruntime-node', 'simulated'] }))
  await openWindow({ bridge, path: '/benchmark' })
  const models = await screen.findByRole('combobox', { name: 'Model' })
  await within(models).findByRole('option', { name: 'CLIP ViT-B/32 vision' })
  fireEvent.change(models, { target: { value: 'clip-vit-b32' } })
  const pressed = await screen.findAllByRole('button', { pressed: true })
  expect(pressed.map((button) => button.getAttribute('aria-label')).filter((label) => label?.includes('FP'))).toEqual([
    'PyTorch eager FP32',
    'ONNX Runtime (Node) FP32',
  ])
})

test('the race shows its round, figures once parity is judged, and Esc cancels once and keeps what is done', async () => {
  const bridge = createFakeBridge(worldAnswers({}))
  await openWindow({ bridge, path: '/benchmark' })
  const rounds = raceRounds(race, 14)
  bridge.emit('run:progressed', { runId: 'live', events: raceStart(race) })
  for (const events of rounds.slice(0, 3)) bridge.emit('run:progressed', { runId: 'live', events })
  expect(await screen.findByText('Launch 1, round 4 of 12.')).toBeTruthy()
  const words = '0 of at most 2 launches are done. Parity is checked after the first launch.'
  expect(screen.getByRole('main', { name: 'Benchmark, running' }).textContent).toContain(words)
  expect(screen.getByRole('region', { name: 'Live samples' }).textContent).not.toMatch(/0\.\d/)
  fireEvent.keyDown(document.documentElement, { key: 't', code: 'KeyT' })
  const table = await screen.findByRole('table', { name: 'Figures so far at batch 1' })
  expect(table.textContent).not.toMatch(/0\.\d/)
  for (const events of rounds.slice(3)) bridge.emit('run:progressed', { runId: 'live', events })
  expect(await screen.findByText('Launch 2, round 3 of 12.')).toBeTruthy()
  expect(table.textContent).toContain('0.0612')
  fireEvent.keyDown(document.documentElement, { key: 'Escape', code: 'Escape' })
  fireEvent.keyDown(document.documentElement, { key: 'Escape', code: 'Escape' })
  await screen.findByRole('button', { name: 'Cancelling' })
  expect(bridge.asked.filter(({ name }) => name === 'run:cancel')).toEqual([
    { name: 'run:cancel', payload: { runId: 'live' } },
  ])
})

test('a run that was watched to its end leads to its results', async () => {
  const bridge = createFakeBridge(worldAnswers({ records: [done] }))
  await openWindow({ bridge, path: '/benchmark' })
  bridge.emit('run:progressed', { runId: 'live', events: raceStart(race) })
  await screen.findByRole('main', { name: 'Benchmark, running' })
  bridge.emit('run:progressed', {
    runId: 'live',
    events: [{ kind: 'run-ended', runId: 'live', state: 'completed', message: null }],
  })
  expect(await screen.findByRole('main', { name: 'Results' })).toBeTruthy()
  expect(await screen.findByText(/^Ship .+ INT8: /)).toBeTruthy()
})
