import { readFile, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { requireProgram, sideBySide } from '../../scripts/programs.mjs'

test('sideBySide gives the results in order', async () => {
  expect(
    await sideBySide(
      async () => 'main',
      async () => 'yolo',
    ),
  ).toEqual(['main', 'yolo'])
})

test('sideBySide throws a failure once the other has ended', async () => {
  let ended = false
  const slow = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    ended = true
  }
  await expect(sideBySide(() => Promise.reject(new Error('no room')), slow)).rejects.toThrow('no room')
  expect(ended).toBe(true)
})

test('a program that fails is reported with its last lines and the file that holds its whole output', async () => {
  const program = "console.log('npm warn EBADENGINE'); console.error('no room'); process.exit(3)"
  const failure = await requireProgram('Trying a test program', process.execPath, ['-e', program]).catch(
    (error: Error) => error.message,
  )
  expect(failure).toMatch(
    /^Trying a test program failed \(.*exit code 3\)\.\nnpm warn EBADENGINE\nno room\nFull output: /s,
  )
  const file = /Full output: (.*)$/.exec(failure)?.[1] ?? ''
  expect(await readFile(file, 'utf8')).toBe('npm warn EBADENGINE\nno room\n')
  await rm(file)
})
