// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { createFakeBridge, type FakeAnswers } from '../../fakes/bridge.ts'
import { exampleNoiseFloor } from '../../fixtures/every-pass.ts'
import { worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

const quick: NoiseFloor = { ...exampleNoiseFloor, device: 'cpu', preset: 'quick' }

async function openSetup(answers: FakeAnswers = {}) {
  const bridge = createFakeBridge({ ...worldAnswers({}), ...answers })
  await openWindow({ bridge, path: '/setup' })
  const panel = await screen.findByRole('region', { name: 'Noise floor' })
  return { bridge, panel }
}

const progress = { done: 12, of: 40, remainingMs: 300_000, outcome: null, error: null }

test('each preset has its floor with the interval, or says that there is none yet', async () => {
  const { panel } = await openSetup({ 'noise-floor:list': () => [quick] })
  const list = within(panel).getByRole('list', { name: 'Noise floor by preset' })
  await within(list).findByText(/^2\.4 % \(1\.7 – 3\.4\)/)
  expect(within(list).getAllByText('not measured yet')).toHaveLength(2)
})

test('one button measures a floor, its progress shows, and cancelling keeps what was compared', async () => {
  const { bridge, panel } = await openSetup()
  fireEvent.click(
    (await within(panel).findAllByRole('button', { name: /^Measure \(about \d+ min\)$/ }))[0] as HTMLElement,
  )
  await waitFor(() =>
    expect(bridge.asked.filter(({ name }) => name === 'noise-floor:measure')).toEqual([
      { name: 'noise-floor:measure', payload: { preset: 'quick', device: 'cpu', comparisons: 40 } },
    ]),
  )
  bridge.emit('noise-floor:progressed', progress)
  expect((await within(panel).findByRole('status')).textContent).toContain('quick: comparison 13 of 40, 5 min left')
  expect(within(panel).queryByRole('button', { name: /^Measure/ })).toBeNull()
  fireEvent.click(within(panel).getByRole('button', { name: 'Cancel measuring' }))
  await waitFor(() => expect(bridge.asked.some(({ name }) => name === 'noise-floor:cancel')).toBe(true))
  bridge.emit('noise-floor:progressed', { ...progress, outcome: 'cancelled' })
  expect(await within(panel).findByText(/The 12 comparisons made so far are kept/)).toBeTruthy()
})

test('a floor that was measured meanwhile is read when it is done', async () => {
  let floors: NoiseFloor[] = []
  const { bridge, panel } = await openSetup({ 'noise-floor:list': () => floors })
  await within(panel).findAllByText('not measured yet')
  floors = [quick]
  bridge.emit('noise-floor:progressed', { ...progress, done: 40, outcome: 'done' })
  expect(await within(panel).findByText(/^2\.4 %/)).toBeTruthy()
})

test('a measurement that fails says what to do', async () => {
  const { bridge, panel } = await openSetup()
  bridge.emit('noise-floor:progressed', {
    ...progress,
    outcome: 'failed',
    error: {
      code: 'invalid-samples',
      stage: 'measure',
      message: '20 of 22 comparisons showed nothing.',
      remedy: 'Close what else keeps this machine busy.',
      cause: null,
    },
  })
  expect((await within(panel).findByRole('alert')).textContent).toContain('Close what else keeps this machine busy.')
})
