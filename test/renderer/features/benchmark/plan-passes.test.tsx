// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { usePlanDraft } from '../../../../renderer/state/plan-draft.ts'
import type { Plan } from '../../../../shared/domain/plan.ts'
import type { FakeBridge } from '../../../fakes/bridge.ts'
import { createFakeBridge } from '../../../fakes/bridge.ts'
import { exampleMachine } from '../../example-answers.ts'
import { worldAnswers } from '../../scenarios.ts'
import { closeWindow, openWindow } from '../../window.tsx'

afterEach(closeWindow)

async function openPlan(hasGpu = false): Promise<FakeBridge> {
  const gpu = { name: 'Example GPU', memoryBytes: 85_899_345_920, driver: '580.10' }
  const bridge = createFakeBridge({
    ...worldAnswers({}),
    'machine:describe': () => ({ ...exampleMachine, gpus: hasGpu ? [gpu] : [] }),
  })
  await openWindow({ bridge, path: '/benchmark' })
  await screen.findByRole('switch', { name: 'Cold start' })
  return bridge
}

const press = (name: string) => fireEvent.click(screen.getByRole('switch', { name }))
const type = (name: string, value: string) =>
  fireEvent.change(screen.getByRole('spinbutton', { name }), { target: { value } })

/** The plan that was asked about last. */
async function estimated(bridge: FakeBridge, wanted: Partial<Plan>): Promise<void> {
  await waitFor(() => {
    const asked = bridge.asked.filter(({ name }) => name === 'plan:estimate').at(-1)
    expect(asked?.payload).toMatchObject({ plan: wanted })
  })
}

test('switched on, a pass joins the plan with its usual numbers, which can be changed, and the estimate is asked for again', async () => {
  const bridge = await openPlan()
  press('Cold start')
  press('Server')
  press('Limits')
  type('cold start in processes', '8')
  type('server, latency within ms', '20')
  await estimated(bridge, {
    passes: {
      coldStart: { launches: 8 },
      server: { latencyBoundMs: 20, percentile: 99, ratePerSecond: null, durationMs: 10_000 },
      limits: true,
    },
  })
  expect(screen.getByText('not an MLPerf result')).toBeTruthy()
})

test('with its last pass switched off a plan asks for none', async () => {
  const bridge = await openPlan()
  press('Layers')
  await estimated(bridge, { passes: { layers: { queries: 20 } } })
  press('Layers')
  expect(screen.getByRole('switch', { name: 'Layers', checked: false })).toBeTruthy()
  expect(Object.keys(usePlanDraft.getState().plan ?? {})).not.toContain('passes')
})

test('on a processor energy is greyed with its reason', async () => {
  await openPlan()
  const energy = screen.getByRole<HTMLButtonElement>('switch', { name: 'Energy' })
  expect([energy.disabled, energy.title]).toEqual([true, "only the energy counter of a GPU's board is read"])
})

test('energy leaves the plan with the GPU', async () => {
  const bridge = await openPlan(true)
  fireEvent.click(await screen.findByRole('button', { name: 'CUDA' }))
  press('Energy')
  press('Offline')
  await estimated(bridge, { device: 'cuda', passes: { energy: { blockMs: 30_000 }, offline: { images: 1_000 } } })
  fireEvent.click(screen.getByRole('button', { name: 'CPU' }))
  expect(usePlanDraft.getState().plan?.passes).toEqual({ offline: { images: 1_000 } })
})

test('rounds are added by a rule that is fixed beforehand, and by none when it is taken back', async () => {
  const bridge = await openPlan()
  fireEvent.click(screen.getByRole('button', { name: 'Until intervals are narrow' }))
  type('launches until ± %', '3')
  type('at most minutes', '5')
  await estimated(bridge, { widthRule: { halfWidth: 0.03, budgetMs: 300_000 } })
  fireEvent.click(screen.getByRole('button', { name: 'None' }))
  await waitFor(() => expect(screen.queryByRole('spinbutton', { name: 'at most minutes' })).toBeNull())
})

test('a model with a test set of its own is offered no other images', async () => {
  await openPlan()
  expect(usePlanDraft.getState().plan?.model).toBe('digits')
  expect(screen.getByText("the model's own test set")).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Choose a folder' })).toBe(null)
})
