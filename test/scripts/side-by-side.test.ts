import { expect, test } from 'vitest'
import { sideBySide } from '../../scripts/side-by-side.mjs'

test('what is done side by side gives its results in order', async () => {
  expect(
    await sideBySide(
      async () => 'main',
      async () => 'yolo',
    ),
  ).toEqual(['main', 'yolo'])
})

test('a failure is told once the other has come to its end', async () => {
  let ended = false
  const slow = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    ended = true
  }
  await expect(sideBySide(() => Promise.reject(new Error('no room')), slow)).rejects.toThrow('no room')
  expect(ended).toBe(true)
})
