// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { clearDemands } from '../../../renderer/state/demands.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { createFakeBridge, type FakeAnswers } from '../../fakes/bridge.ts'
import { type GivenCase, runOfCases } from '../../fakes/compared-runs.ts'
import { worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(() => {
  closeWindow()
  clearDemands()
})

const torch = { caseKey: 'torch-eager-fp32', p50Ms: 40, p99Ms: 44, memoryMib: 980 }
const onnx = { caseKey: 'onnxruntime-fp32', p50Ms: 20, p99Ms: 22, memoryMib: 600 }
const node = { caseKey: 'onnxruntime-node-fp32', p50Ms: 25, p99Ms: 27, memoryMib: 300 }

async function open(cases: readonly GivenCase[], changes: FakeAnswers = {}, record: Partial<RunRecord> = {}) {
  const run = runOfCases(cases, { runId: 'run-a', ...record })
  const bridge = createFakeBridge({ ...worldAnswers({}), 'run:open': () => run, ...changes })
  await openWindow({ bridge, path: '/decide/run-a' })
  return bridge
}

const answer = () => screen.findByRole('region', { name: 'Recommendation' })
const limit = (name: RegExp) => screen.findByRole('spinbutton', { name })

test('one recommendation with its figure, why, the runner-up and what would change it', async () => {
  await open([torch, onnx, node])
  expect((await answer()).textContent).toBe(
    [
      'Recommended',
      'ONNX Runtime FP32, batch 1',
      '50.0 images/s49.5 – 50.5, 95 % interval',
      'It has the highest throughput of the 3 of 3 candidates that surely meet every limit.',
      'Runner-upONNX Runtime (Node) FP32, batch 1: 40.0 images/s (39.6 – 40.4)',
      'What would change thisWithout its backend: ONNX Runtime (Node) FP32, batch 1, 40.0 images/s (39.6 – 40.4)',
      'Settle with the runner-up',
    ].join(''),
  )
})

test('a typed limit removes candidates, and X clears it', async () => {
  await open([torch, onnx, node])
  fireEvent.change(await limit(/^process peak/), { target: { value: '400' } })
  expect(within(await answer()).getByRole('heading', { level: 1 }).textContent).toBe(
    'ONNX Runtime (Node) FP32, batch 1',
  )
  expect((await screen.findByRole('region', { name: 'Limits' })).textContent).toContain('removes 2 of 3')
  const table = screen.getByRole('table', { name: /^Candidates/ })
  expect(within(table).getByRole('row', { name: /^ONNX Runtime FP32/ }).textContent).toContain(
    '✕ process peak 600 MiB is over 400 MiB by 200 MiB',
  )
  fireEvent.keyDown(document.documentElement, { key: 'x' })
  await waitFor(async () => expect((await answer()).textContent).toContain('RecommendedONNX Runtime FP32, batch 1'))
})

test('a limit that an interval crosses is not sure', async () => {
  await open([onnx])
  fireEvent.change(await limit(/^p99 latency/), { target: { value: '22' } })
  const told = (await answer()).textContent
  expect(told).toContain('No recommendation')
  expect(told).toContain('No candidate surely meets this')
  expect((await screen.findByRole('region', { name: 'Limits' })).textContent).toContain(
    '0 of 1 surely meet every limit, 1 not sure.',
  )
})

test('a tie is named as a tie, and what is preferred breaks it', async () => {
  await open([torch, onnx, { ...node, p50Ms: 20.1, p99Ms: 22.1 }])
  expect((await answer()).textContent).toContain('Recommended, in a tieONNX Runtime (Node) FP32, batch 1')
  expect((await answer()).textContent).toContain('Your next preference, memory, breaks it: 300 MiB.')
  expect(screen.getByText('2 candidates are best, and cannot be told apart')).toBeTruthy()
})

test('the tie can be settled by measuring both again', async () => {
  const bridge = await open([torch, onnx, node], {
    'settle:propose': () => ({
      ...{ plan: runOfCases([onnx]).plan, obstacles: [], notes: [], launches: null, mostLaunches: 32 },
      ...{ resolvable: null, expectedMs: null, mostMs: null },
    }),
  })
  fireEvent.click(within(await answer()).getByRole('button', { name: 'Settle with the runner-up' }))
  const strip = await screen.findByRole('region', { name: 'Settle' })
  await waitFor(() => expect(strip.textContent).toContain('How long that takes is not known'))
  expect(bridge.asked.find(({ name }) => name === 'settle:propose')?.payload).toEqual({
    left: { runId: 'run-a', groupKey: 'clip-vit-b32-b1', caseKey: 'onnxruntime-node-fp32' },
    right: { runId: 'run-a', groupKey: 'clip-vit-b32-b1', caseKey: 'onnxruntime-fp32' },
    margin: 0.02,
  })
  fireEvent.keyDown(document.documentElement, { key: 'Escape' })
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Settle' })).toBeNull())
})

test('a run that still measures, and no run at all, lead on', async () => {
  await open([onnx], {}, { state: 'running' })
  expect(await screen.findByRole('heading', { name: 'Still measuring' })).toBeTruthy()
  closeWindow()
  await openWindow({ bridge: createFakeBridge(worldAnswers({})), path: '/decide' })
  expect(await screen.findByRole('heading', { name: 'Nothing to decide on yet' })).toBeTruthy()
})
