// Each backend has one colour on every screen, chart and report; precision is shape and lightness. Also the neutral
// tones of reports.
import { type BackendId, backendRows } from '../domain/backend.ts'

export type ColourScheme = 'dark' | 'light'

export function backendColour(backend: BackendId, scheme: ColourScheme): string {
  return backendRows[backend].colour[scheme]
}

export const tones = {
  dark: {
    ground: '#141517',
    raised: '#1c1e20',
    line: '#26292c',
    'line-strong': '#3b3f44',
    ink: '#e9eaeb',
    'ink-2': '#a9adb3',
    'ink-3': '#868b92',
    pass: '#8fcfae',
    warn: '#e6b85c',
    fail: '#ff7b82',
  },
  light: {
    ground: '#ffffff',
    raised: '#f3f4f5',
    line: '#e4e5e7',
    'line-strong': '#c3c6ca',
    ink: '#16181b',
    'ink-2': '#50555c',
    'ink-3': '#6e737a',
    pass: '#1d7a4f',
    warn: '#8a5a00',
    fail: '#c4232f',
  },
} as const satisfies Record<ColourScheme, Record<string, string>>
