import { describe, expect, it } from 'vitest'
import { measured, missing } from '../../../shared/domain/figure.ts'
import { figureText, figureWithInterval, levelText, numberText, timesText } from '../../../shared/report/figure-text.ts'

describe('numberText', () => {
  it.each([
    [0, '0'],
    [0.0000762, '0.0000762'],
    [0.0762, '0.0762'],
    [0.762, '0.762'],
    [3.84, '3.84'],
    [12.34, '12.3'],
    [123.4, '123'],
    [12_345.6, '12,346'],
  ])('writes %s as %s', (value, text) => {
    expect(numberText(value)).toBe(text)
  })
})

describe('figures', () => {
  const interval = { low: 39.6, high: 40.8, level: 0.975, method: 'any' }

  it('carry their unit, and their interval where it is asked for', () => {
    expect(figureText(measured(40.2, interval), 'ms')).toBe('40.2 ms')
    expect(figureWithInterval(measured(40.2, interval), 'ms')).toBe('40.2 ms (39.6 – 40.8)')
    expect(levelText(interval)).toBe('97.5 %')
  })

  it('that are missing say why, never zero', () => {
    expect(figureText(missing('n too small (204/662)'), 'ms')).toBe('not measured: n too small (204/662)')
  })
})

describe('timesText', () => {
  it('keeps the sign with the number', () => {
    expect([timesText(1.389), timesText(12.34), timesText(345.6)]).toEqual(['1.39 ×', '12.3 ×', '346 ×'])
  })
})
