import { expect, test } from 'vitest'
import { writing } from '../../../electron/store/write-failure.ts'

function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code })
}

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EFBIG', 'disk-full'],
  ['EACCES', 'not-writable'],
  ['EROFS', 'not-writable'],
  ['ENOENT', 'not-writable'],
  ['ENOTDIR', 'not-writable'],
])('%s becomes %s, with the file named and a remedy', async (code, expected) => {
  await expect(writing('/runs/a', () => Promise.reject(refusal(code)))).rejects.toMatchObject({
    record: { code: expected, stage: 'store', message: expect.stringContaining('/runs/a'), remedy: expect.any(String) },
  })
})

test('what is not a refusal to write passes through as it is', async () => {
  const bug = new TypeError('not a function')
  await expect(writing('/runs/a', () => Promise.reject(bug))).rejects.toBe(bug)
})
