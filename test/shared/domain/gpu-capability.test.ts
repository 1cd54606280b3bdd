import { expect, test } from 'vitest'
import { backendIds } from '../../../shared/domain/backend.ts'
import {
  cudaReleases,
  featureRefusal,
  gpuLibraries,
  hardwareLevels,
  isInSpan,
  libraryRefusal,
  precisionRefusal,
  spanWords,
} from '../../../shared/domain/gpu-capability.ts'
import { precisionSchema } from '../../../shared/domain/precision.ts'

const cards = {
  'GTX 1080': '6.1',
  'Tesla V100': '7.0',
  'RTX 2080 Ti': '7.5',
  A100: '8.0',
  'Jetson Orin': '8.7',
  'RTX 4090': '8.9',
  H200: '9.0',
  B200: '10.0',
  'RTX 5090': '12.0',
} as const

test('each library names the cards that it has code for', () => {
  const fitting = Object.entries(gpuLibraries).map(([library, { gpus }]) => [
    library,
    Object.entries(cards).flatMap(([name, capability]) => (isInSpan(capability, gpus) ? name : [])),
  ])
  const sinceTuring = ['RTX 2080 Ti', 'A100', 'Jetson Orin', 'RTX 4090', 'H200', 'B200', 'RTX 5090']
  expect(Object.fromEntries(fitting)).toEqual({
    tensorrt: sinceTuring,
    'tensorrt-rtx': ['RTX 4090', 'RTX 5090'],
    'torch-tensorrt': sinceTuring,
    'onnxruntime-tensorrt': sinceTuring,
  })
  expect(isInSpan('7.0', cudaReleases[12].gpus) && !isInSpan('7.0', cudaReleases[13].gpus)).toBe(true)
})

test('each card computes in the precisions of its generation', () => {
  const computed = Object.entries(cards).map(([name, computeCapability]) => [
    name,
    precisionSchema.options.filter((precision) => precisionRefusal({ name, computeCapability }, precision) === null),
  ])
  const all = precisionSchema.options
  const withoutFp8 = all.filter((precision) => precision !== 'fp8')
  expect(Object.fromEntries(computed)).toEqual({
    'GTX 1080': ['fp32', 'fp16', 'int8'],
    'Tesla V100': ['fp32', 'fp16', 'int8'],
    'RTX 2080 Ti': ['fp32', 'fp16', 'int8'],
    ...{ A100: withoutFp8, 'Jetson Orin': withoutFp8, 'RTX 4090': all, H200: all, B200: all, 'RTX 5090': all },
  })
})

test('a refusal names the card, what it has, and what is needed', () => {
  expect(libraryRefusal({ name: 'NVIDIA A100', computeCapability: '8.0' }, 'tensorrt-rtx')).toEqual({
    message: 'NVIDIA A100 has compute capability 8.0; TensorRT-RTX needs 8.6, 8.9, or 12.0 or newer.',
    remedy: 'Use TensorRT or PyTorch on this GPU.',
  })
  expect(libraryRefusal({ name: 'NVIDIA A100', computeCapability: null }, 'tensorrt-rtx')).toBe(null)
})

test('engines for other GPUs are refused on a board, whose software does not support them, in its own name', () => {
  const refused = (name: string, computeCapability: string) =>
    hardwareLevels.map((level) => featureRefusal({ name, computeCapability }, level))
  expect(refused('NVIDIA A100', '8.0')).toEqual([null, null])
  expect(refused('Orin', '8.7')).toEqual([
    'Orin is part of a Jetson or DRIVE board, where NVIDIA does not support an engine for every GPU since Ampere.',
    'Orin is part of a Jetson or DRIVE board, where NVIDIA does not support an engine for every GPU of one compute capability.',
  ])
  expect(refused('NVIDIA Thor', '11.0').includes(null)).toBe(false)
})

test('ten counts as more than nine, and a library is named after its backend', () => {
  expect(isInSpan('10.0', { exactly: [], since: '9.0' })).toBe(true)
  expect(spanWords({ exactly: [], since: '7.5' })).toBe('7.5 or newer')
  expect(Object.keys(gpuLibraries).filter((library) => !backendIds.some((id) => id === library))).toEqual([])
})
