import { expect, test } from 'vitest'
import { chooseTensorrt } from '../../../electron/python-environment/tensorrt.ts'
import { newestPythonMinorOf, tensorrtVersionSchema } from '../../../shared/domain/python-environment.ts'

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

test('any release of TensorRT 10.14 or newer, and of 11, can be named', () => {
  const named = ['10.14.1.48.post1', '10.16.1.11', '10.20.0.1', '11.0.0.114', '11.4.0.106', '11.5.0.1']
  expect(named.filter((version) => tensorrtVersionSchema.safeParse(version).success)).toEqual(named)
  const others = ['10.13.3.9', '8.6.1', '12.0.0.1', '11', '11.4.0.106; rm', '']
  expect(others.filter((version) => tensorrtVersionSchema.safeParse(version).success)).toEqual([])
})

test.each([
  ['10.14.1.48.post1', 13],
  ['10.16.1.11', 13],
  ['11.0.0.114', 13],
  ['11.1.0.106', 14],
  ['11.4.0.106', 14],
])('the newest Python with wheels of TensorRT %s is 3.%i', (version, minor) => {
  expect(newestPythonMinorOf(version)).toBe(minor)
})
