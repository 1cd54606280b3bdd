// @vitest-environment jsdom
// The Convert form on a machine with two cards: which card builds, what can run the engine, and a library of plugins.
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { useRecipeDraft } from '../../../../renderer/state/recipe-draft.ts'
import type { BackendStatus } from '../../../../shared/domain/backend.ts'
import type { Gpu } from '../../../../shared/domain/fingerprint.ts'
import { createFakeBridge, type FakeAnswers, FakeFailure } from '../../../fakes/bridge.ts'
import { exampleMachine } from '../../example-answers.ts'
import { exampleArtifacts } from '../../example-conversions.ts'
import { convertingAnswers } from '../../scenarios.ts'
import { closeWindow, openWindow } from '../../window.tsx'

afterEach(closeWindow)

const turing: Gpu = {
  ...{ name: 'NVIDIA GeForce RTX 2080 Ti', computeCapability: '7.5', memoryBytes: null, driver: '580.1' },
  uuid: 'GPU-aaaa',
}
const ada: Gpu = {
  ...{ name: 'NVIDIA GeForce RTX 4090', computeCapability: '8.9', memoryBytes: null, driver: '580.1' },
  uuid: 'GPU-bbbb',
}
const tooOld = 'NVIDIA GeForce RTX 2080 Ti is too old.'

async function openForm(gpus: readonly Gpu[], answers: FakeAnswers = {}): Promise<HTMLElement> {
  const known = convertingAnswers({ artifacts: exampleArtifacts, ready: ['torch-eager', 'onnxruntime', 'tensorrt'] })
  const bridge = createFakeBridge({
    ...known,
    'machine:describe': () => ({ ...exampleMachine, gpus: [...gpus] }),
    ...answers,
  })
  await openWindow({ bridge, path: '/models' })
  await screen.findByRole('heading', { level: 1, name: /ready/ })
  fireEvent.keyDown(document.documentElement, { key: 'a', code: 'KeyA' })
  const form = await screen.findByRole('form', { name: 'Recipe' })
  fireEvent.click(within(form).getByRole('radio', { name: /^TensorRT(?!-)/ }))
  return form
}

const drafted = () => useRecipeDraft.getState().recipe
const buttonsOf = (form: HTMLElement, group: string) =>
  within(within(form).getByRole('group', { name: group })).getAllByRole<HTMLButtonElement>('button')
const told = (form: HTMLElement, group: string) =>
  buttonsOf(form, group).map(({ textContent, disabled, title, ariaPressed }) => ({
    ...{ textContent, disabled, title },
    pressed: ariaPressed === 'true',
  }))

test('with several cards, one is chosen to build on, and a level that it cannot build is refused in its name', async () => {
  const form = await openForm([turing, ada])
  await waitFor(() => expect(told(form, 'Card').map(({ textContent }) => textContent)).toHaveLength(2))
  expect(told(form, 'Card')).toEqual([
    {
      ...{ textContent: '0 · RTX 2080 Ti', disabled: false, pressed: true },
      title: 'cuda:0, NVIDIA GeForce RTX 2080 Ti, GPU-aaaa',
    },
    {
      ...{ textContent: '1 · RTX 4090', disabled: false, pressed: false },
      title: 'cuda:1, NVIDIA GeForce RTX 4090, GPU-bbbb',
    },
  ])
  expect(told(form, 'Cards that can run the engine').map(({ disabled, title }) => [disabled, title])).toEqual([
    [false, ''],
    [
      true,
      'NVIDIA GeForce RTX 2080 Ti has compute capability 7.5; an engine for every GPU since Ampere needs 8.0 or newer.',
    ],
    [false, ''],
  ])
  fireEvent.click(buttonsOf(form, 'Card')[1] ?? form)
  fireEvent.click(within(form).getByRole('button', { name: 'Ampere and newer' }))
  expect(drafted()).toMatchObject({ device: 'cuda:1', engine: { hardwareCompatible: true } })
  fireEvent.click(within(form).getByRole('button', { name: 'Same compute capability' }))
  expect(drafted()?.engine).toMatchObject({ hardwareCompatible: true, hardwareLevel: 'same-compute-capability' })
  fireEvent.click(within(form).getByRole('button', { name: 'This model of card' }))
  expect(drafted()?.engine).not.toHaveProperty('hardwareLevel')
  expect(drafted()?.engine).toMatchObject({ hardwareCompatible: false })
})

test('a card that the builder cannot use stays in sight with the reason, and one card needs no choice', async () => {
  const cards: BackendStatus['cards'] = [
    { name: turing.name, uuid: turing.uuid ?? null, refusal: tooOld },
    { name: ada.name, uuid: ada.uuid ?? null, refusal: null },
  ]
  const known = convertingAnswers({ artifacts: exampleArtifacts, ready: ['torch-eager', 'onnxruntime', 'tensorrt'] })
  const list = known['backends:list']
  const form = await openForm([turing, ada], {
    'backends:list': async (payload) =>
      ((await list?.(payload)) ?? []).map((status) => (status.id === 'tensorrt' ? { ...status, cards } : status)),
  })
  await waitFor(() =>
    expect(told(form, 'Card').map(({ disabled, title }) => [disabled, title])[0]).toEqual([true, tooOld]),
  )
  await closeWindow()
  expect(within(await openForm([ada])).queryByRole('group', { name: 'Card' })).toBeNull()
})

test('a plugin library is chosen only once the user trusts it, shown by its hash, and removed again', async () => {
  const plugin = { name: 'libmine.so', sha256: 'a'.repeat(64) }
  const notALibrary = new FakeFailure({
    ...{ code: 'bad-usage', stage: 'load', message: 'notes.so is not a shared library.', remedy: 'Name another.' },
    cause: null,
  })
  let isLibrary = false
  const form = await openForm([ada], {
    'plugin:choose': () => {
      if (!isLibrary) throw notALibrary
      return plugin
    },
  })
  const choose = within(form).getByRole<HTMLButtonElement>('button', { name: 'Choose a library' })
  expect(choose.disabled).toBe(true)
  fireEvent.click(within(form).getByRole('checkbox', { name: /^this file is code that runs on this machine/ }))
  fireEvent.click(choose)
  await within(form).findByText(/notes\.so is not a shared library\./)
  expect(drafted()?.engine).not.toHaveProperty('plugin')
  isLibrary = true
  fireEvent.click(choose)
  await within(form).findByText('libmine.so aaaaaaaaaaaa')
  expect(drafted()?.engine?.plugin).toEqual(plugin)
  fireEvent.click(within(form).getByRole('button', { name: 'Remove' }))
  expect(drafted()?.engine).not.toHaveProperty('plugin')
})
