import { describe, expect, it } from 'vitest'
import { backendIds } from '../../../shared/domain/backend.ts'
import { backendColour, tones } from '../../../shared/report/palette.ts'

/** Relative luminance, as accessibility guidelines define it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(first: string, second: string): number {
  const [lighter = 0, darker = 0] = [luminance(first), luminance(second)].sort((left, right) => right - left)
  return (lighter + 0.05) / (darker + 0.05)
}

describe.each(['dark', 'light'] as const)('the %s palette', (scheme) => {
  it.each(backendIds)('shows %s at 3 : 1 or more on its ground', (backend) => {
    expect(contrast(backendColour(backend, scheme), tones[scheme].ground)).toBeGreaterThanOrEqual(3)
  })

  it.each(['ink', 'ink-2', 'ink-3', 'pass', 'warn', 'fail'] as const)('has %s readable at 4.5 : 1', (tone) => {
    expect(contrast(tones[scheme][tone], tones[scheme].ground)).toBeGreaterThanOrEqual(4.5)
  })

  it('gives no two backends one colour, but simulated the baseline’s grey', () => {
    const colours = backendIds.filter((id) => id !== 'simulated').map((id) => backendColour(id, scheme))
    expect(new Set(colours).size).toBe(colours.length)
  })
})
