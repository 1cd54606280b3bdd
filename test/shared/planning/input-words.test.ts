import { describe, expect, it } from 'vitest'
import {
  inputValuesText,
  parseInputValues,
  parseShapes,
  shapesExample,
  shapesText,
  valuesExample,
} from '../../../shared/planning/input-words.ts'

describe('shapes in trtexec’s words', () => {
  it('are read and written alike', () => {
    const value = { images: [1, 3, 640, 640], sizes: [1, 2] }
    expect(parseShapes(shapesExample)).toEqual({ value })
    expect(shapesText(value)).toBe(shapesExample)
  })

  it('take names with colons', () => {
    expect(parseShapes('serving:0:1x2')).toEqual({ value: { 'serving:0': [1, 2] } })
  })

  it.each(['', 'images', 'images:', ':1x2', 'images:1x0', 'images:1x-3', 'images:axb', 'a:1,a:2'])(
    'refuse %j',
    (text) => {
      expect(parseShapes(text)).toEqual({ fault: expect.any(String) })
    },
  )
})

describe('values in words', () => {
  it('are read and written alike', () => {
    const value = {
      sizes: { kind: 'constant', value: 640 },
      ids: { kind: 'integers', low: 0, high: 99 },
      x: { kind: 'range', low: -1, high: 1 },
      mask: { kind: 'file', file: 'mask.npy', array: null },
    } as const
    expect(parseInputValues(valuesExample)).toEqual({ value })
    expect(inputValuesText(value)).toBe(valuesExample)
  })

  it('take files with commas and colons, and an array of a file', () => {
    expect(parseInputValues('x:file=C:/a,b.npz#x,y:images')).toEqual({
      value: { x: { kind: 'file', file: 'C:/a,b.npz', array: 'x' }, y: { kind: 'images' } },
    })
  })

  it.each([
    '',
    'x',
    'x:zeros',
    'x:constant',
    'x:constant=a',
    'x:integers=0.5..1',
    'x:range=1',
    'x:file=',
    'x:images,x:images',
  ])('refuse %j', (text) => {
    expect(parseInputValues(text)).toEqual({ fault: expect.any(String) })
  })
})
