import { expect, test } from 'vitest'
import { chooseTensorrt } from '../../../electron/python-environment/tensorrt.ts'

test.each([
  ['580.65.06', 'cu13'],
  ['570.10', 'cu12'],
] as const)('driver %s gets the newest TensorRT for %s', (driver, cuda) => {
  expect(chooseTensorrt({}, [driver])).toEqual({ version: '11.4.0.106', cuda })
})

test('of two GPUs the older driver decides', () => {
  expect(chooseTensorrt({ version: '10.14.1.48.post1' }, ['580.1', '550.1'])).toEqual({
    version: '10.14.1.48.post1',
    cuda: 'cu12',
  })
})

test('a CUDA that was named is taken, even without a driver', () => {
  expect(chooseTensorrt({ cuda: 'cu12' }, [])).toEqual({ version: '11.4.0.106', cuda: 'cu12' })
})

test.each([
  ['no driver', [], /No NVIDIA driver was found/],
  ['a driver from before CUDA 12', ['470.1'], /470\.1 is too old/],
])('%s is told before gigabytes are fetched', (_what, drivers, message) => {
  expect(() => chooseTensorrt({}, drivers)).toThrow(message)
})
