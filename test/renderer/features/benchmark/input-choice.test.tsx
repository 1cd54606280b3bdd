// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { InputChoice, takesPictures } from '../../../../renderer/features/benchmark/input-choice.tsx'
import { demonstrationPlan, usePlanDraft } from '../../../../renderer/state/plan-draft.ts'
import type { ModelInput } from '../../../../shared/domain/model-input.ts'
import { exampleManifest } from '../../../fakes/example-manifest.ts'

const images: ModelInput = {
  ...{ name: 'images', type: 'float32', dimensions: ['N', 3, 'H', 'W'], batchAxis: 0, layout: 'NCHW' },
  ...{ proposed: [null, null, 224, 224], values: { kind: 'images' } },
}
const sizes: ModelInput = {
  ...{ name: 'sizes', type: 'int64', dimensions: ['N', 2], batchAxis: 0, layout: null },
  ...{ proposed: [null, null], values: { kind: 'constant', value: 640 } },
}
const assumptions = ['"sizes" (int64) is fed 640 everywhere, unless you choose other values.']
const input = { ...exampleManifest().input, name: 'images' }
const manifest = exampleManifest({ input, inputs: [images, sizes], assumptions })

beforeEach(() => usePlanDraft.setState({ plan: demonstrationPlan(2) }))
afterEach(cleanup)

const Form = () => {
  const { plan } = usePlanDraft()
  return plan && <InputChoice plan={plan} manifest={manifest} />
}

function type(label: string, text: string): void {
  const field = screen.getByRole('textbox', { name: label })
  fireEvent.change(field, { target: { value: text } })
  fireEvent.blur(field)
}

test('every input is shown with its type, its shape, its values and what was assumed', () => {
  render(<Form />)
  const rows = within(screen.getByRole('table')).getAllByRole('row')
  expect(rows.map((row) => row.textContent)).toEqual([
    'InputTypeShape of one queryValues',
    'imagesfloat32',
    'sizesint641x2',
  ])
  const texts = screen.getAllByRole<HTMLInputElement>('textbox').map(({ value }) => value)
  expect(texts).toEqual(['1x3x224x224', 'images', 'constant=640'])
  expect(screen.getByText(assumptions[0] ?? '')).toBeTruthy()
})

test('what is typed becomes part of the plan, in the words of the command line', () => {
  render(<Form />)
  type('Shape of images', '1x3x320x640')
  type('Values of sizes', 'integers=1..9')
  expect(usePlanDraft.getState().plan).toMatchObject({
    shapes: { images: [1, 3, 320, 640] },
    inputValues: { sizes: { kind: 'integers', low: 1, high: 9 } },
  })
})

test('what cannot be read changes nothing and says how to write it', () => {
  render(<Form />)
  type('Values of sizes', 'many')
  expect(screen.getByRole('alert').textContent).toContain('Write NAME:images')
  expect(usePlanDraft.getState().plan).toEqual(demonstrationPlan(2))
})

test('a model that is fed no pictures is asked for none', () => {
  const plan = demonstrationPlan(2)
  expect(takesPictures(plan, manifest)).toBe(true)
  expect(takesPictures({ ...plan, inputValues: { images: { kind: 'range', low: 0, high: 1 } } }, manifest)).toBe(false)
})
