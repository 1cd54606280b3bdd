import { expect, test } from 'vitest'
import { defaultTorchVersion, requireSupportedTorch } from '../../../electron/python-environment/torch-version.ts'

test.each([defaultTorchVersion, '2.10', '2.10.1', '3.0.0'])('torch %s can be installed', (version) => {
  expect(() => requireSupportedTorch(version)).not.toThrow()
})

test.each(['2.9.1', '1.13.0', 'latest', '2.13.0; rm -rf', '--index-url', ''])('torch %j is refused', (version) => {
  expect(() => requireSupportedTorch(version)).toThrow(
    expect.objectContaining({ record: expect.objectContaining({ code: 'bad-usage' }) }),
  )
})
