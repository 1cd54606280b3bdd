import { expect, test } from 'vitest'
import { readPipLine } from '../../../electron/python-environment/pip.ts'

test.each([
  ['Progress 50 of 200', { subject: null, fraction: 0.25, bytes: [50, 200] }],
  ['Progress 0 of 0', { subject: null, fraction: null }],
  ['Downloading torch-2.13.0-cp311.whl (190.3 MB)', { subject: 'torch-2.13.0-cp311.whl, 190.3 MB', fraction: null }],
  ['  Using cached numpy-2.4.6.whl.metadata (6.1 kB)', { subject: 'numpy-2.4.6.whl.metadata, 6.1 kB', fraction: null }],
  ['Processing ./wheels/torch-2.13.0.whl', { subject: 'torch-2.13.0.whl', fraction: null }],
  ['Installing collected packages: torch', { subject: 'unpacking one package', fraction: null }],
  ['Installing collected packages: a, b, c', { subject: 'unpacking 3 packages', fraction: null }],
  ['Collecting torch==2.13.0', { subject: null, fraction: null }],
])('%j is read as %o', (line, progress) => {
  expect(readPipLine(line)).toEqual(progress)
})
