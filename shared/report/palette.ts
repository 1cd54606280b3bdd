// A colour belongs to a backend and is the same on every screen, chart and report; precision is shape and lightness.
// Each colour has at least 3 : 1 on its own ground. Also the neutral tones that reports are drawn in.
import type { BackendId } from '../domain/backend.ts'
import type { Precision } from '../domain/precision.ts'

export type ColourScheme = 'dark' | 'light'

const backendColours: Readonly<Record<BackendId, Readonly<Record<ColourScheme, string>>>> = {
  'torch-eager': { dark: '#959ba2', light: '#7b8188' },
  'torch-compile': { dark: '#e8d25a', light: '#8a7400' },
  'torch-cudagraph': { dark: '#e69f00', light: '#d07e00' },
  onnxruntime: { dark: '#2f86cc', light: '#0067a8' },
  'onnxruntime-node': { dark: '#7cc8f2', light: '#2f96d2' },
  'torch-tensorrt': { dark: '#79c257', light: '#4c8a2b' },
  tensorrt: { dark: '#0fb282', light: '#008f68' },
  'tensorrt-rtx': { dark: '#dd6a33', light: '#c94f10' },
  openvino: { dark: '#d264a8', light: '#b03a86' },
  ultralytics: { dark: '#a795f0', light: '#7a62d6' },
  simulated: { dark: '#959ba2', light: '#7b8188' },
}

export function backendColour(backend: BackendId, scheme: ColourScheme): string {
  return backendColours[backend][scheme]
}

/** For text; charts draw the same shapes. */
export const precisionGlyphs: Readonly<Record<Precision, string>> = {
  fp32: '○',
  tf32: '◐',
  fp16: '■',
  bf16: '◆',
  int8: '▲',
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
