// @vitest-environment jsdom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { usePlanDraft } from '../../../renderer/state/plan-draft.ts'
import { tunedOptions } from '../../../shared/domain/backend-measuring.ts'
import type { RequestName } from '../../../shared/ipc/contract.ts'
import { createFakeBridge, type FakeBridge } from '../../fakes/bridge.ts'
import {
  detrBuilding,
  detrWithoutTensorrt,
  exampleArtifacts,
  exampleRecipe,
  exampleSensitivity,
  hashOf,
} from '../example-conversions.ts'
import { convertingAnswers, scenarios } from '../scenarios.ts'
import { closeWindow, openWindow } from '../window.tsx'

afterEach(closeWindow)

async function open(name: string): Promise<FakeBridge> {
  const scenario = scenarios[name]?.()
  if (!scenario) throw new Error(`no scenario ${name}`)
  await openWindow(scenario)
  await screen.findByRole('heading', { level: 1, name: /converted yet|ready|need/ })
  return scenario.bridge
}

function sent(bridge: FakeBridge, wanted: RequestName): unknown[] {
  return bridge.asked.filter(({ name }) => name === wanted).map(({ payload }) => payload)
}

function press(key: string, code = key): void {
  fireEvent.keyDown(document.documentElement, { key, code })
}

test('the headline counts what is ready, what is building and what needs the user', async () => {
  await open('models-full')
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('3 engines ready, 1 building, 2 need attention')
})

test('with nothing converted, one press converts a model with the defaults that stand beside the button', async () => {
  const bridge = await open('models-empty')
  const rows = screen.getByRole('list', { name: 'Models without a conversion' })
  await within(rows).findAllByText('to TensorRT 11.4.0.106, FP16')
  press('Enter')
  await waitFor(() =>
    expect(sent(bridge, 'conversion:start')).toEqual([{ recipe: exampleRecipe('clip-vit-b32', 'tensorrt', 'fp16') }]),
  )
})

test('a model that needs an installation says which and leads to Setup', async () => {
  await open('models-empty')
  fireEvent.click(await screen.findByRole('button', { name: 'Open Setup' }))
  expect(await screen.findByRole('main', { name: 'Setup' })).toBeTruthy()
})

test('a conversion going on shows its nested phases, and Esc cancels it once', async () => {
  const bridge = await open('models-full')
  fireEvent.click(await screen.findByRole('button', { name: 'DETR ResNet-50, FP16, TensorRT 11.4.0.106' }))
  const event = {
    kind: 'step-progressed' as const,
    conversionId: detrBuilding.conversionId,
    step: 'engine' as const,
    fraction: 0.41,
    text: '2 of 5, tactic profiling',
    phases: [{ name: 'Tactic profiling', depth: 0, done: 356, total: 522 }],
    elapsedMs: 72_000,
  }
  act(() => bridge.emit('conversion:progressed', { events: [event] }))
  const busy = await screen.findByRole('region', { name: 'DETR ResNet-50 FP16, in progress' })
  expect(
    within(busy)
      .getAllByRole('progressbar')
      .map((bar) => bar.getAttribute('aria-valuenow')),
  ).toEqual(['60', '41', '68'])
  expect(busy.textContent).toContain('356 of 522')
  expect(screen.getByText('1:12 so far')).toBeTruthy()
  press('Escape')
  press('Escape')
  await within(busy).findByRole('button', { name: 'Cancelling' })
  expect(sent(bridge, 'conversion:cancel')).toEqual([{ conversionId: 'detr-1' }])
})

test('a conversion that ends becomes its row without a question to the application', async () => {
  const bridge = await open('models-full')
  await screen.findByRole('region', { name: 'DETR ResNet-50 FP16, in progress' })
  act(() =>
    bridge.emit('conversion:progressed', { events: [{ kind: 'conversion-changed', record: detrWithoutTensorrt }] }),
  )
  act(() =>
    bridge.emit('conversion:progressed', {
      events: [{ kind: 'conversion-changed', record: { ...detrBuilding, state: 'cancelled' } }],
    }),
  )
  await waitFor(() => expect(screen.queryByRole('region', { name: 'DETR ResNet-50 FP16, in progress' })).toBeNull())
  expect(sent(bridge, 'conversion:list')).toHaveLength(1)
})

test('without TensorRT the ONNX steps stay, and the reason stands beside the one button that helps', async () => {
  await open('models-failed')
  const strips = await screen.findAllByRole('alert')
  const strip = strips.find((each) => each.textContent?.includes('TensorRT is not installed here'))
  expect(strip?.textContent).toContain('the ONNX steps are kept. Stage: build. Code: backend-unavailable')
  fireEvent.click(within(strip as HTMLElement).getByRole('button', { name: 'Open Setup' }))
  expect(await screen.findByRole('main', { name: 'Setup' })).toBeTruthy()
})

test('an interrupted conversion goes on from where it was', async () => {
  const bridge = await open('models-failed')
  fireEvent.click(await screen.findByRole('button', { name: 'Continue' }))
  await waitFor(() => expect(sent(bridge, 'conversion:retry')).toEqual([{ conversionId: 'clip-3' }]))
})

test('INT8 that fails parity is rebuilt with its three worst layers in higher precision', async () => {
  const bridge = await open('models-full')
  fireEvent.click(await screen.findByRole('button', { name: 'Keep the worst 3 in higher precision, rebuild' }))
  await waitFor(() => expect(sent(bridge, 'conversion:start')).toHaveLength(1))
  expect(sent(bridge, 'conversion:start')).toEqual([
    {
      recipe: {
        ...exampleRecipe('clip-vit-b32', 'tensorrt', 'int8'),
        keepNodes: exampleSensitivity.slice(0, 3).map(({ name }) => name),
      },
    },
  ])
})

test('an engine of the test builder bears its own name and cannot be benchmarked', async () => {
  await open('models-test-builder')
  expect(
    await screen.findByRole('button', { name: 'CLIP ViT-B/32, FP16, TensorRT-RTX 1.7.1, test builder' }),
  ).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'CLIP ViT-B/32, FP16, TensorRT-RTX 1.7.1, test builder' }))
  const pane = screen.getByRole('complementary', { name: 'Chosen artifact' })
  expect(pane.textContent).toContain('TensorRT-RTX FP16 engine, test builder')
  expect(within(pane).getByRole<HTMLButtonElement>('button', { name: 'Benchmark' }).disabled).toBe(true)
  expect(pane.textContent).toContain('cannot be benchmarked')
  expect(screen.queryByText(/^TensorRT 1/)).toBeNull()
})

test('an engine whose proof does not hold says what it is and needs the user', async () => {
  await open('models-test-builder')
  expect((await screen.findByRole('alert')).textContent).toContain(
    'It does not match its label: fp32 with TF32 allowed, not FP32.',
  )
})

test('the inspector leads to a benchmark of this artifact, without and with a CUDA graph, beside PyTorch', async () => {
  await open('models-full')
  fireEvent.click(await screen.findByRole('button', { name: 'CLIP ViT-B/32, FP16, TensorRT 11.4.0.106' }))
  fireEvent.click(screen.getByRole('button', { name: 'Benchmark' }))
  expect(await screen.findByRole('main', { name: 'Benchmark' })).toBeTruthy()
  expect(usePlanDraft.getState().plan?.candidates).toEqual([
    { backend: 'torch-eager', precision: 'fp32', options: {} },
    { backend: 'tensorrt', precision: 'fp16', options: tunedOptions(false), artifact: hashOf('clip fp16 engine') },
    { backend: 'tensorrt', precision: 'fp16', options: tunedOptions(true), artifact: hashOf('clip fp16 engine') },
  ])
  const named = await screen.findByRole('list', { name: 'Artifacts to run' })
  expect(named.textContent).toContain(hashOf('clip fp16 engine').slice(0, 8))
  expect(named.textContent).toContain('pass')
})

test('T turns the comparison into the precision table', async () => {
  await open('models-full')
  expect(await screen.findByRole('img', { name: 'Size, MB' })).toBeTruthy()
  press('t', 'KeyT')
  const table = await screen.findByRole('table', { name: 'Precision table' })
  expect(within(table).getAllByRole('row')).toHaveLength(1 + 6)
  expect(table.textContent).toContain('INT8 71 %, FP16 24 %')
})

test('the log folds what came often into one line with its count, and grows while it is open', async () => {
  const bridge = await open('models-full')
  fireEvent.click(await screen.findByRole('button', { name: 'DETR ResNet-50, FP16, TensorRT 11.4.0.106' }))
  press('l', 'KeyL')
  const lines = await screen.findByRole('list', { name: 'Log lines' })
  expect(lines.textContent).toContain('Weights of a constant are not used. × 212')
  const entry = { level: 'info' as const, text: 'Engine written.', count: 1 }
  act(() =>
    bridge.emit('conversion:progressed', {
      events: [{ kind: 'logged', conversionId: 'detr-1', step: 'engine', entries: [entry] }],
    }),
  )
  await within(lines).findByText('Engine written.')
  expect(sent(bridge, 'conversion:log')).toEqual([{ conversionId: 'detr-1', step: 'engine' }])
})

test('the form refuses a profile without sense before anything is started', async () => {
  const bridge = await open('models-full')
  press('a', 'KeyA')
  const form = await screen.findByRole('form', { name: 'Recipe' })
  const convert = within(form).getByRole<HTMLButtonElement>('button', { name: 'Convert' })
  await waitFor(() => expect(convert.disabled).toBe(false))
  fireEvent.change(within(form).getByLabelText('opt'), { target: { value: '64' } })
  expect((await within(form).findByRole('alert')).textContent).toContain(
    'The batch size to tune for, 64, is above the largest, 16.',
  )
  await waitFor(() => expect(convert.disabled).toBe(true))
  expect(sent(bridge, 'conversion:start')).toEqual([])
})

test('without a builder the form says that it stops after the ONNX steps', async () => {
  const bridge = createFakeBridge(convertingAnswers({ artifacts: exampleArtifacts }, ''))
  await openWindow({ bridge, path: '/models' })
  fireEvent.click((await screen.findAllByRole('button', { name: 'Add precision' }))[0] as HTMLElement)
  const form = await screen.findByRole('form', { name: 'Recipe' })
  fireEvent.click(within(form).getByRole('radio', { name: /^TensorRT ?: It is not installed/ }))
  expect((await within(form).findByRole('status')).textContent).toContain('Stops after the ONNX steps.')
  fireEvent.click(await within(form).findByRole('button', { name: 'Convert to ONNX only' }))
  await waitFor(() => expect(sent(bridge, 'conversion:start')).toHaveLength(1))
})

test('INT8 asks for calibration images and shows them against the 500 that are advised', async () => {
  await open('models-full')
  press('a', 'KeyA')
  const form = await screen.findByRole('form', { name: 'Recipe' })
  fireEvent.click(within(form).getByRole('button', { name: 'INT8' }))
  expect(within(form).getByText('500 recommended')).toBeTruthy()
  fireEvent.click(within(form).getByRole('button', { name: 'Choose a folder' }))
  expect(await within(form).findByText('/home/you/pictures')).toBeTruthy()
  expect(within(form).getByText('48 images found')).toBeTruthy()
})

test('an .onnx let go over the window becomes a model, and anything else is refused in words', async () => {
  const bridge = await open('models-empty')
  const drop = (name: string) =>
    fireEvent.drop(window, { dataTransfer: { types: ['Files'], files: [new File(['x'], name)] } })
  drop('picture.png')
  expect((await screen.findByRole('alert')).textContent).toContain('«/dropped/picture.png» is not an ONNX model.')
  fireEvent.dragEnter(window, { dataTransfer: { types: ['Files'] } })
  expect(await screen.findByText('Drop to open the .onnx file as a model')).toBeTruthy()
  drop('own.onnx')
  expect(await screen.findByRole('button', { name: 'dropped.onnx', pressed: true })).toBeTruthy()
  expect(sent(bridge, 'model:open-dropped')).toEqual([{ file: '/dropped/picture.png' }, { file: '/dropped/own.onnx' }])
})

test('arrows go through artifacts and models alike', async () => {
  await open('models-full')
  await screen.findByRole('button', { name: 'CLIP ViT-B/32, FP32, TensorRT 11.4.0.106', pressed: true })
  press('ArrowDown')
  await screen.findByRole('button', { name: 'CLIP ViT-B/32, FP16, TensorRT 11.4.0.106', pressed: true })
  for (let step = 0; step < 5; step += 1) press('ArrowDown')
  expect(await screen.findByRole('button', { name: 'EfficientNet-B0', pressed: true })).toBeTruthy()
})

test('a target is read with what builds it apart from its name', async () => {
  const bridge = createFakeBridge(
    convertingAnswers({ artifacts: exampleArtifacts }, 'TensorRT-RTX 1.7.1, test builder'),
  )
  await openWindow({ bridge, path: '/models' })
  fireEvent.click((await screen.findAllByRole('button', { name: 'Add precision' }))[0] as HTMLElement)
  const form = await screen.findByRole('form', { name: 'Recipe' })
  expect(await within(form).findByRole('radio', { name: /^TensorRT ?, built by TensorRT-RTX 1\.7\.1/ })).toBeTruthy()
})
