// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { backendIds } from '../../../shared/domain/backend.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { createFakeBridge, type FakeAnswers } from '../../fakes/bridge.ts'
import { exampleNoiseFloor } from '../../fixtures/every-pass.ts'
import { convertingAnswers, scenarios, worldAnswers } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

const firstStart = () => ({ bridge: createFakeBridge(worldAnswers({})), path: '/setup' })

test('every backend keeps its row, with the reason and the remedy where it cannot run', async () => {
  await openWindow(firstStart())
  const row = await screen.findByRole('row', { name: 'TensorRT' })
  expect(row.textContent).toContain('Not ready')
  expect(row.textContent).toContain('No NVIDIA driver. Install a driver, then check again.')
  expect(screen.getAllByRole('row')).toHaveLength(1 + backendIds.length)
})

test('size and source of PyTorch are shown before anything is installed, and another source can be asked', async () => {
  const { bridge, path } = firstStart()
  await openWindow({ bridge, path })
  const row = await screen.findByRole('row', { name: 'PyTorch eager' })
  fireEvent.click(within(row).getByRole('button', { name: 'Create environment' }))
  const dialog = await screen.findByRole('dialog')
  expect(await within(dialog).findByText('186 MB')).toBeTruthy()
  fireEvent.change(within(dialog).getByLabelText('PyTorch source'), { target: { value: '/media/wheels' } })
  fireEvent.click(within(dialog).getByRole('button', { name: 'Check this source' }))
  fireEvent.click(await within(dialog).findByRole('button', { name: 'Install · 186 MB' }))
  await screen.findByRole('main', { name: 'Setup' })
  expect(bridge.asked.filter(({ name }) => name === 'python:install')).toEqual([
    {
      name: 'python:install',
      payload: { environment: 'main', torchSource: '/media/wheels', acceptedLicences: [], repair: false },
    },
  ])
})

test('Ultralytics is installed only after its licence was read to the end and accepted', async () => {
  const { bridge, path } = firstStart()
  await openWindow({ bridge, path })
  const row = await screen.findByRole('row', { name: 'Ultralytics' })
  fireEvent.click(within(row).getByRole('button', { name: 'Read licence' }))
  const dialog = await screen.findByRole('dialog')
  const text = await within(dialog).findByRole('region', { name: 'Licence text' })
  const accept = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Accept and install' })
  expect(accept.disabled).toBe(true)
  fireEvent.scroll(text)
  fireEvent.click(within(dialog).getByRole('checkbox'))
  fireEvent.click(accept)
  await waitFor(() =>
    expect(bridge.asked.at(-1)).toEqual({
      name: 'python:install',
      payload: { environment: 'yolo', torchSource: null, acceptedLicences: ['AGPL-3.0-only'], repair: false },
    }),
  )
})

test('a failed installation shows its step, its remedy and its log', async () => {
  const { bridge, path } = firstStart()
  await openWindow({ bridge, path })
  await screen.findByRole('row', { name: 'TensorRT' })
  bridge.emit('python:progressed', {
    environment: 'main',
    steps: [{ name: 'torch 2.13.0', state: 'failed', elapsedMs: 900, detail: null }],
    line: 'No space left on device',
    outcome: 'failed',
    error: {
      code: 'disk-full',
      stage: 'setup',
      message: 'The disk is full.',
      remedy: 'Free 3 GB, then create it again.',
      cause: null,
    },
  })
  expect((await screen.findByRole('alert')).textContent).toContain('The disk is full. Free 3 GB, then create it again.')
  fireEvent.click(screen.getByRole('button', { name: 'Log' }))
  expect((await screen.findByRole('dialog')).textContent).toContain('No space left on device')
})

test('Esc closes the log and leaves the installation under it alone', async () => {
  const { bridge, path } = firstStart()
  await openWindow({ bridge, path })
  await screen.findByRole('row', { name: 'TensorRT' })
  bridge.emit('python:progressed', {
    environment: 'main',
    steps: [{ name: 'torch 2.13.0', state: 'running', elapsedMs: 900, detail: null }],
    line: null,
    outcome: null,
    error: null,
  })
  await screen.findByRole('button', { name: 'Cancel installation' })
  fireEvent.click(screen.getByRole('button', { name: 'Log' }))
  fireEvent.keyDown(await screen.findByRole('dialog'), { key: 'Escape', code: 'Escape' })
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(bridge.asked.some(({ name }) => name === 'python:cancel')).toBe(false)
  fireEvent.keyDown(document.documentElement, { key: 'Escape', code: 'Escape' })
  await waitFor(() => expect(bridge.asked.some(({ name }) => name === 'python:cancel')).toBe(true))
})

test('the fallback runtime is named in the bar and explained on the screen', async () => {
  await openWindow(scenarios['setup-first']?.() ?? firstStart())
  expect((await screen.findByRole('status')).textContent).toContain('fallback runtime, Electron 33, unsupported')
})

test('TensorRT is installed in the chosen version for the chosen CUDA, after its licence was read and accepted', async () => {
  const bridge = createFakeBridge(convertingAnswers({}, ''))
  await openWindow({ bridge, path: '/setup' })
  const row = await screen.findByRole('row', { name: 'TensorRT' })
  fireEvent.click(await within(row).findByRole('button', { name: 'Install' }))
  const choice = await screen.findByRole('dialog', { name: 'Install TensorRT' })
  fireEvent.click(within(choice).getByRole('button', { name: '10.16.1.11' }))
  fireEvent.click(within(choice).getByRole('button', { name: 'CUDA 12' }))
  fireEvent.click(within(choice).getByRole('button', { name: 'Read licence' }))
  const text = await screen.findByRole('region', { name: 'Licence text' })
  fireEvent.scroll(text)
  fireEvent.click(screen.getByRole('checkbox'))
  fireEvent.click(screen.getByRole('button', { name: 'Accept and install' }))
  await waitFor(() =>
    expect(bridge.asked.at(-1)).toEqual({
      name: 'python:install',
      payload: {
        environment: 'tensorrt',
        tensorrt: { version: '10.16.1.11', cuda: 'cu12' },
        torchSource: null,
        acceptedLicences: ['AGPL-3.0-only'],
        repair: false,
      },
    }),
  )
})

test('OpenVINO needs no licence and is installed at once', async () => {
  const bridge = createFakeBridge(convertingAnswers({}, ''))
  await openWindow({ bridge, path: '/setup' })
  const row = await screen.findByRole('row', { name: 'OpenVINO' })
  fireEvent.click(await within(row).findByRole('button', { name: 'Install' }))
  fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Install' }))
  await waitFor(() =>
    expect(bridge.asked.filter(({ name }) => name === 'python:install').map(({ payload }) => payload)).toEqual([
      { environment: 'openvino', torchSource: null, acceptedLicences: [], repair: false },
    ]),
  )
})

test('what can build but not run says so under the name of what really builds', async () => {
  const bridge = createFakeBridge(convertingAnswers({}, 'TensorRT-RTX 1.7.1, test builder'))
  await openWindow({ bridge, path: '/setup' })
  const row = await screen.findByRole('row', { name: 'TensorRT' })
  expect(row.textContent).toContain('Builds only')
  expect(row.textContent).toContain('TensorRT-RTX 1.7.1, test builder. No NVIDIA driver.')
  expect(within(row).queryByRole('button')).toBeNull()
  const kept = await screen.findByRole('list', { name: 'Engine environments' })
  expect(kept.textContent).toContain('TensorRTin its own environment, your own, 2.6 GB')
})

test('whatever waits for the main environment has the button that creates it', async () => {
  await openWindow(firstStart())
  const helped = []
  for (const name of ['PyTorch eager', 'torch.compile', 'CUDA graph', 'Torch-TensorRT', 'ONNX Runtime']) {
    const row = await screen.findByRole('row', { name })
    helped.push((await within(row).findByRole('button', { name: 'Create environment' })).textContent)
  }
  expect(helped).toHaveLength(5)
})

// @vitest-environment jsdom

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
