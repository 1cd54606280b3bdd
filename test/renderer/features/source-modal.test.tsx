// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { RequestName } from '../../../shared/ipc/contract.ts'
import { createFakeBridge, type FakeAnswers, type FakeBridge, FakeFailure } from '../../fakes/bridge.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { convertingAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

const manifest = exampleManifest({
  id: 'resnet18-1a2b3c4d',
  name: 'resnet18',
  source: { library: 'timm', repository: 'timm/resnet18.a1_in1k', revision: null, weightsFile: 'model.safetensors' },
  assumptions: ['Something was assumed.'],
})

async function open(answers: FakeAnswers = {}): Promise<FakeBridge> {
  const bridge = createFakeBridge({
    ...convertingAnswers({}),
    'model:inspect-source': ({ model }) => ({ file: model, manifest }),
    'model:choose-source-path': ({ of }) => ({ path: of === 'folder' ? '/models/my vit' : '/code/net.py' }),
    ...answers,
  })
  await openWindow({ bridge, path: '/models' })
  fireEvent.click(await screen.findByRole('button', { name: /Add from a source/ }))
  await screen.findByRole('form', { name: 'Model source' })
  return bridge
}

function sent(bridge: FakeBridge, wanted: RequestName): unknown[] {
  return bridge.asked.filter(({ name }) => name === wanted).map(({ payload }) => payload)
}

function press(name: string): void {
  fireEvent.click(screen.getByRole('button', { name }))
}

function isDisabled(name: string): boolean {
  return screen.getByRole('button', { name }).hasAttribute('disabled')
}

test('a name is inspected, what will be run is shown, and adding it selects it in the list', async () => {
  const bridge = await open()
  press('timm')
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'resnet18' } })
  fireEvent.change(screen.getByLabelText('input size'), { target: { value: '288' } })
  press('Inspect')
  const found = await screen.findByRole('region', { name: 'What will be run' })
  await within(found).findByText('image classification')
  expect(found.textContent).toContain('Something was assumed.')
  expect(sent(bridge, 'model:inspect-source')).toEqual([{ model: 'timm:resnet18?input-size=288', consent: false }])
  fireEvent.click(within(screen.getByRole('form', { name: 'Model source' })).getByRole('button', { name: 'Add model' }))
  const row = await screen.findByRole('button', { name: 'resnet18' })
  expect(row.getAttribute('aria-pressed')).toBe('true')
})

test('code is neither inspected nor run before the user has said that it is trusted', async () => {
  const bridge = await open()
  press('your code')
  press('Choose a file')
  await screen.findByText('/code/net.py')
  expect(isDisabled('Inspect')).toBe(true)
  fireEvent.click(screen.getByRole('checkbox', { name: /this file is code/ }))
  press('Inspect')
  await waitFor(() =>
    expect(sent(bridge, 'model:inspect-source')).toEqual([{ model: '/code/net.py:make', consent: true }]),
  )
})

test('a change that cannot be is named before anything is inspected', async () => {
  await open()
  press('timm')
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'resnet18' } })
  fireEvent.change(screen.getByLabelText('mean'), { target: { value: 'grey' } })
  expect(screen.getByText(/--mean cannot be "grey"/)).toBeTruthy()
  expect(isDisabled('Inspect')).toBe(true)
})

test('a source that cannot be used says why and what helps, and can be tried again', async () => {
  await open({
    'model:inspect-source': () => {
      throw new FakeFailure({
        code: 'unsafe-model-file',
        stage: 'load',
        message: 'It holds pickles.',
        remedy: 'Save it as safetensors.',
        cause: null,
      })
    },
  })
  press('Choose a folder')
  await screen.findByText('/models/my vit')
  press('Inspect')
  expect((await screen.findByRole('alert')).textContent).toContain('It holds pickles. Save it as safetensors.')
  expect(isDisabled('Inspect')).toBe(false)
})
