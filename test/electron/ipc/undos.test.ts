import { expect, test } from 'vitest'
import { createUndos } from '../../../electron/ipc/undos.ts'

test('each removal is undone once, and one that cannot be undone now can be tried again', async () => {
  const undos = createUndos()
  const done: string[] = []
  let isFull = true
  const first = undos.keep(async () => {
    if (isFull) throw new Error('the disk is full')
    done.push('first')
  })
  const second = undos.keep(async () => void done.push('second'))
  await undos.undo(second)
  await expect(undos.undo(first)).rejects.toThrow('the disk is full')
  isFull = false
  await undos.undo(first)
  expect(done).toEqual(['second', 'first'])
  for (const undoKey of [first.undoKey, 'removal-9']) {
    await expect(undos.undo({ undoKey })).rejects.toMatchObject({ record: { code: 'bad-usage' } })
  }
})
