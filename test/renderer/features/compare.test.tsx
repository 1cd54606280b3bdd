// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { RunRecord } from '../../../shared/domain/run.ts'
import type { RunListEntry, SettleProposal } from '../../../shared/ipc/contract.ts'
import { createFakeBridge, type FakeAnswers, FakeFailure } from '../../fakes/bridge.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'
import { worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

function runAt(runId: string, day: number, onnxMs: number, changes: Partial<RunRecord> = {}): RunRecord {
  const cases = [
    { caseKey: 'torch-eager-fp32', p50Ms: 40 },
    { caseKey: 'onnxruntime-fp32', p50Ms: onnxMs },
  ]
  return runOfCases(cases, { runId, createdAt: `2026-01-0${day}T06:15:00.000Z`, ...changes })
}

const { fingerprint } = runAt('x', 1, 20)
const runs = [
  runAt('first', 1, 20),
  runAt('second', 2, 22, {
    fingerprint: { ...fingerprint, hash: 'b', software: { ...fingerprint.software, onnxruntime: '1.33.0' } },
  }),
  runAt('elsewhere', 3, 12, {
    fingerprint: { ...fingerprint, hash: 'c', machine: { ...fingerprint.machine, cpuModel: 'Another' } },
  }),
]
const entryOf = ({ runId, createdAt, modelName }: RunRecord): RunListEntry => ({
  ...{ runId, createdAt, modelName, state: 'completed', preset: 'quick', simulated: false, seededWeights: false },
  ...{ caseCount: 2, bestSpeedup: { value: null, reason: 'None.' } },
})
const proposal: SettleProposal = {
  ...{
    plan: runs[0]?.plan ?? ({} as never),
    obstacles: [],
    notes: [],
    launches: 8,
    mostLaunches: 32,
    resolvable: 0.01,
  },
  ...{ expectedMs: 60_000, mostMs: 240_000 },
}

function bridgeOf(changes: FakeAnswers = {}) {
  return createFakeBridge({
    ...worldAnswers({}),
    'run:list': () => [...runs].reverse().map(entryOf),
    'run:open': ({ runId }) => {
      const found = runs.find((run) => run.runId === runId)
      if (found) return found
      throw new FakeFailure({
        ...{
          code: 'unknown-run',
          stage: 'store',
          message: `Run ${runId} was not found.`,
          remedy: 'List the runs.',
          cause: null,
        },
      })
    },
    'settle:propose': () => proposal,
    ...changes,
  })
}

const table = () => screen.findByRole('table', { name: /^Figures of the runs/ })
const rowOf = async (name: RegExp) => within(await table()).getByRole('row', { name })

test('the largest change is the headline, with what differs and what became of each case', async () => {
  await openWindow({ bridge: bridgeOf(), path: '/compare/first/second' })
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toBe(
    'ONNX Runtime FP32, batch 1, got slower at p50: +10.0 % (+8.2 – +11.9 %).',
  )
  expect((await rowOf(/^onnxruntime/)).textContent).toBe('onnxruntime1.32.01.33.0')
  expect((await rowOf(/^ONNX Runtime FP32 batch 1 p50/)).textContent).toContain('+10.0 %slower')
  expect(within(await table()).queryByRole('row', { name: /^PyTorch eager FP32/ })).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'All rows' }))
  expect((await rowOf(/^PyTorch eager FP32 batch 1 p50/)).textContent).toContain('same within 2 %')
})

test('a run of another machine stands beside without a verdict, under a banner', async () => {
  await openWindow({ bridge: bridgeOf(), path: '/compare/first/elsewhere' })
  expect((await screen.findByRole('note')).textContent).toBe(
    'elsewhere: no verdict, another machine. What differs: processor (AMD EPYC 7B13 / Another).',
  )
  expect((await rowOf(/^ONNX Runtime FP32 batch 1 p50/)).textContent).toContain('12.0 ms no verdict')
})

test('a run that was deleted is told of, and the others stay comparable', async () => {
  await openWindow({ bridge: bridgeOf(), path: '/compare/first/second/gone' })
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('Run gone was not found.')
  expect(await table()).toBeTruthy()
  fireEvent.click(within(alert).getByRole('button', { name: 'Leave it out' }))
  await waitFor(() => expect(window.location.hash).toBe('#/compare/first/second'))
})

test('P pins the chosen run as the baseline', async () => {
  await openWindow({ bridge: bridgeOf(), path: '/compare/first/second' })
  await table()
  fireEvent.keyDown(document.documentElement, { key: 'p' })
  await waitFor(() => expect(window.location.hash).toBe('#/compare/second/first'))
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toContain('got faster')
})

test('two runs are chosen from the list, the older one as the baseline', async () => {
  await openWindow({ bridge: bridgeOf(), path: '/compare' })
  const boxes = await screen.findAllByRole('checkbox')
  expect(boxes).toHaveLength(3)
  for (const box of boxes.slice(1)) fireEvent.click(box)
  fireEvent.click(screen.getByRole('button', { name: 'Compare 2 runs' }))
  await waitFor(() => expect(window.location.hash).toBe('#/compare/first/second'))
})

test('without two runs the screen leads to the benchmark', async () => {
  await openWindow({ bridge: bridgeOf({ 'run:list': () => [] }), path: '/compare' })
  expect(await screen.findByRole('heading', { name: 'Nothing to compare yet' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Open Benchmark' }))
  await waitFor(() => expect(window.location.hash).toBe('#/benchmark'))
})

test('Settle says how long it takes, and measures the case of both runs', async () => {
  const bridge = bridgeOf({ 'run:start': () => ({ runId: 'settled' }), 'settings:write': () => ({}) })
  await openWindow({ bridge, path: '/compare/first/second' })
  await table()
  fireEvent.click(screen.getByRole('button', { name: 'Settle' }))
  const strip = await screen.findByRole('region', { name: 'Settle' })
  await waitFor(() =>
    expect(strip.textContent).toContain(
      'Telling differences of 2 % takes up to 32 launches, at most about 4 min. Two that are equally fast are expected to be called the same after 8 (about 1 min).',
    ),
  )
  fireEvent.click(within(strip).getByRole('button', { name: 'Measure both now' }))
  await waitFor(() => expect(window.location.hash).toBe('#/benchmark'))
  const asked = (name: string) => bridge.asked.filter((each) => each.name === name).map(({ payload }) => payload)
  expect(asked('settle:propose')).toEqual([
    {
      left: { runId: 'first', groupKey: 'clip-vit-b32-b1', caseKey: 'onnxruntime-fp32' },
      right: { runId: 'second', groupKey: 'clip-vit-b32-b1', caseKey: 'onnxruntime-fp32' },
      margin: 0.02,
    },
  ])
  expect(asked('run:start')).toEqual([{ plan: proposal.plan }])
})

test('what cannot be measured again says why, and cannot be started', async () => {
  const obstacles = ['They ran with other versions of ONNX Runtime: onnxruntime 1.32.0 and 1.33.0.']
  await openWindow({
    bridge: bridgeOf({ 'settle:propose': () => ({ ...proposal, obstacles }) }),
    path: '/compare/first/second',
  })
  await table()
  fireEvent.click(screen.getByRole('button', { name: 'Settle' }))
  const strip = await screen.findByRole('region', { name: 'Settle' })
  await waitFor(() => expect(strip.textContent).toContain(obstacles[0]))
  expect(within(strip).getByRole('button', { name: 'Measure both now' }).hasAttribute('disabled')).toBe(true)
  fireEvent.click(within(strip).getByRole('button', { name: 'Close' }))
  expect(screen.queryByRole('region', { name: 'Settle' })).toBeNull()
})
