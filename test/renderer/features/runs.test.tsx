// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { RunState } from '../../../shared/domain/run.ts'
import type { RunListEntry } from '../../../shared/ipc/contract.ts'
import { createFakeBridge, FakeFailure } from '../../fakes/bridge.ts'
import { worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

const states: readonly RunState[] = ['completed', 'running', 'interrupted', 'cancelled', 'failed']
const entryOf = (state: RunState): RunListEntry => ({
  ...{ runId: `run-${state}`, state, createdAt: '2026-01-01T00:00:00.000Z', modelName: `Model ${state}` },
  ...{ preset: 'quick', simulated: false, seededWeights: false, caseCount: 2 },
  bestSpeedup: { value: null, reason: 'None.' },
})
const answers = { ...worldAnswers({}), 'run:list': () => states.map(entryOf) }

async function rowOf(state: RunState): Promise<HTMLElement> {
  const row = (await screen.findByRole('link', { name: `Model ${state}` })).closest('tr')
  if (row === null) throw new Error(`no row of ${state}`)
  return row
}

test('a run that ended early can be resumed from the list, and is then watched', async () => {
  const bridge = createFakeBridge(answers)
  await openWindow({ bridge, path: '/runs' })
  for (const state of states) {
    const offered = within(await rowOf(state)).queryByRole('button', { name: 'Resume' }) !== null
    expect([state, offered]).toEqual([state, state !== 'completed' && state !== 'running'])
  }
  fireEvent.click(within(await rowOf('cancelled')).getByRole('button', { name: 'Resume' }))
  await screen.findByRole('main', { name: 'Benchmark, running' })
  expect(bridge.asked.filter(({ name }) => name === 'run:resume')).toEqual([
    { name: 'run:resume', payload: { runId: 'run-cancelled' } },
  ])
})

test('one that cannot be resumed says why and stays in the list', async () => {
  const bridge = createFakeBridge({
    ...answers,
    'run:resume': () => {
      throw new FakeFailure({
        ...{ code: 'bad-usage', stage: 'plan', message: 'The machine is not what it was.' },
        ...{ remedy: 'Start a new run.', cause: null },
      })
    },
  })
  await openWindow({ bridge, path: '/runs' })
  fireEvent.click(within(await rowOf('failed')).getByRole('button', { name: 'Resume' }))
  await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('The machine is not what it was.'))
  expect(await rowOf('failed')).toBeTruthy()
})
