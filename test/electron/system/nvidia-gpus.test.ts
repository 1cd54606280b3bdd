import { expect, test } from 'vitest'
import { parseGpuList } from '../../../electron/system/nvidia-gpus.ts'

test('each line is a GPU; a field that the driver does not know is null', () => {
  expect(parseGpuList('NVIDIA H200, 143771, 570.86.15\nNVIDIA Thor, [N/A], [N/A]\n')).toEqual([
    { name: 'NVIDIA H200', memoryBytes: 143771 * 1024 * 1024, driver: '570.86.15' },
    { name: 'NVIDIA Thor', memoryBytes: null, driver: null },
  ])
})

test('no output is no GPU', () => {
  expect(parseGpuList('')).toEqual([])
})
