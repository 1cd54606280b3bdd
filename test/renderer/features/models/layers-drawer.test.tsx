// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { scenarios } from '../../scenarios.ts'
import { closeWindow, openWindow } from '../../window.tsx'

afterEach(closeWindow)

async function openLayers(): Promise<HTMLElement> {
  const scenario = scenarios['models-full']?.()
  if (!scenario) throw new Error('no scenario')
  await openWindow(scenario)
  await screen.findByRole('heading', { level: 1, name: /ready/ })
  fireEvent.click(await screen.findByRole('button', { name: 'CLIP ViT-B/32, FP16, TensorRT 11.4.0.106' }))
  fireEvent.click(await screen.findByRole('button', { name: 'Layers' }))
  return screen.findByRole('table', { name: /^Layers of/ })
}

function column(index: number): (string | null | undefined)[] {
  const rows = within(screen.getByRole('table', { name: /^Layers of/ }))
    .getAllByRole('row')
    .slice(1)
  return rows.map((row) => within(row).getAllByRole('cell')[index]?.textContent)
}

test('the layers of an artifact are listed with their shares, sorted by a column and filtered by words', async () => {
  await openLayers()
  expect(column(1)).toEqual(['Reformatting CopyNode for Input Tensor 0', '/conv/Conv + /conv/Relu', '/head/MatMul'])
  fireEvent.click(screen.getByRole('button', { name: 'Share' }))
  expect(column(7)).toEqual(['60.0 %', '30.0 %', '10.0 %'])
  fireEvent.click(screen.getByRole('button', { name: /^Share/ }))
  expect(column(7)).toEqual(['10.0 %', '30.0 %', '60.0 %'])
  fireEvent.change(screen.getByRole('searchbox', { name: 'Filter' }), { target: { value: 'reformat' } })
  expect(column(1)).toEqual(['Reformatting CopyNode for Input Tensor 0'])
  expect(screen.getByText('1 of 3 rows')).toBeTruthy()
})

test('two artifacts are aligned by the ONNX nodes that they compute', async () => {
  await openLayers()
  const choice = screen.getByRole('combobox', { name: 'Compare with' })
  const fp32 = within(choice).getAllByRole<HTMLOptionElement>('option', { name: /FP32/ })[0]
  fireEvent.change(choice, { target: { value: fp32?.value } })
  await screen.findByRole('button', { name: 'Other is' })
  expect([0, 1, 2, 5].map(column)).toEqual([
    ['/conv/Conv and 1 more', '/head/MatMul', 'shape call (no node)', 'reformats'],
    ['CaskConvolution, fp16', 'gemm, fp16', '–', 'Reformat, fp16'],
    ['2 layers, fp32', 'gemm, not told', 'NoOp, not told', '–'],
    ['0.250 ×', '1.20 ×', '–', '–'],
  ])
})
