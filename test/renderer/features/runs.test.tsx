// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { RunState } from '../../../shared/domain/run.ts'
import type { RunListEntry } from '../../../shared/ipc/contract.ts'
import { createFakeBridge, FakeFailure } from '../../fakes/bridge.ts'
import { rawCharactersIn } from '../../fakes/hostile-text.ts'
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

test('a run folder that cannot be read is shown by what is wrong with it, can be removed, and be brought back', async () => {
  const message = '/runs/odd/run.json cannot be read as a run’s record.'
  const problem = {
    code: 'record-unreadable',
    stage: 'store',
    message,
    remedy: 'Restore the file.',
    cause: null,
  } as const
  const entry = { kind: 'run', path: '/runs/odd', problem } as const
  let unreadable: readonly (typeof entry)[] = [entry]
  const bridge = createFakeBridge({
    ...answers,
    'unreadable:list': () => [...unreadable],
    'unreadable:remove': () => {
      unreadable = []
      return { undoKey: 'removal-1' }
    },
    'removal:undo': () => {
      unreadable = [entry]
      return {}
    },
  })
  await openWindow({ bridge, path: '/runs' })
  const section = await screen.findByRole('region', { name: 'Runs that cannot be read' })
  expect(section.textContent).toContain('1 run cannot be read')
  expect(section.textContent).toContain(message)
  expect(await rowOf('completed')).toBeTruthy()
  fireEvent.click(within(section).getByRole('button', { name: 'Remove' }))
  const undo = await screen.findByRole('button', { name: 'Undo' })
  await waitFor(() => expect(screen.queryByText(message)).toBeNull())
  fireEvent.click(undo)
  await screen.findByText(message)
  expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  expect(bridge.asked.filter(({ name }) => /^(unreadable:remove|removal:undo)$/.test(name))).toEqual([
    { name: 'unreadable:remove', payload: { path: '/runs/odd' } },
    { name: 'removal:undo', payload: { undoKey: 'removal-1' } },
  ])
})

test('the list and a shown run follow what another process does', async () => {
  let state: RunState = 'cancelled'
  const bridge = createFakeBridge({ ...answers, 'run:list': () => [{ ...entryOf('completed'), state }] })
  await openWindow({ bridge, path: '/runs' })
  expect((await rowOf('completed')).textContent).toContain('cancelled')
  state = 'completed'
  bridge.emit('runs:changed', { runIds: ['run-completed'] })
  await waitFor(async () => expect((await rowOf('completed')).textContent).toContain('completed'))
})

test('a model’s name is shown by its escapes, in the list, in the rail and in the search', async () => {
  const modelName = 'CLIP\u202e\x1b[31m'
  const bridge = createFakeBridge({ ...answers, 'run:list': () => [{ ...entryOf('completed'), modelName }] })
  await openWindow({ bridge, path: '/runs' })
  expect((await screen.findAllByText('CLIP\\u202e\\u001b[31m')).length).toBe(2)
  expect(rawCharactersIn(document.documentElement.outerHTML)).toEqual([])
})
