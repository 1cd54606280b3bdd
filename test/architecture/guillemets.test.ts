// Everything that a person reads has straight quotes. Guillemets are refused in the whole source outside comments, since any
// string can reach a user.
import { expect, test } from 'vitest'
import { readText, repositoryFiles } from './source-tree.ts'

/** Folders and files that still have some, to be emptied. */
const debt: readonly string[] = []

const sources = repositoryFiles().filter(
  (file) =>
    /^(shared|electron|renderer|scripts)\/.*\.(ts|tsx|mjs|py|html|css)$/.test(file) &&
    !/\/(fixtures|golden)\//.test(file),
)

/** Line comments, block comments and JSDoc vanish; in Python `#` comments. Docstrings count: a command may print them. */
function withoutComments(file: string): string {
  const text = readText(file)
  return file.endsWith('.py')
    ? text.replace(/(^|\s)#.*$/gm, '$1')
    : text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

const offenders = sources.filter((file) => /[«»]/.test(withoutComments(file)))

test('there are sources to read', () => {
  expect(sources.length).toBeGreaterThan(300)
})

test('no string has guillemets', () => {
  expect(offenders.filter((file) => !debt.some((owed) => file.startsWith(owed)))).toEqual([])
})

test('no debt is listed that has been paid', () => {
  expect(debt.filter((owed) => !offenders.some((file) => file.startsWith(owed)))).toEqual([])
})
