import { expect, test } from 'vitest'
import { readText, repositoryFiles } from './source-tree.ts'

const hardLimit = 400

/** Tables of data are as long as what they list. */
const tables: readonly string[] = []

const sources = repositoryFiles().filter(
  (file) =>
    /^(shared|electron|renderer|scripts)\/.*\.(ts|tsx|mjs|py)$/.test(file) && !/\/(fixtures|golden)\//.test(file),
)
const lengths = sources.map((file) => ({ file, lines: readText(file).trimEnd().split('\n').length }))

test(`no source file is longer than ${hardLimit} lines, but tables`, () => {
  expect(lengths.filter(({ file, lines }) => lines > hardLimit && !tables.includes(file))).toEqual([])
})

test('no file or folder hides behind a name that says nothing', () => {
  const empty = /(^|[/_.-])(utils?|helpers?|managers?|common|misc)([/_.-]|$)/
  expect(repositoryFiles().filter((file) => empty.test(file))).toEqual([])
})

test('TypeScript files are kebab-case, Python files snake_case', () => {
  const wrong = sources.filter((file) => {
    const name = file.split('/').at(-1) ?? ''
    return name.endsWith('.py') ? !/^_*[a-z0-9_]+\.py$/.test(name) : !/^[a-z0-9.-]+\.(ts|tsx|mjs)$/.test(name)
  })
  expect(wrong).toEqual([])
})
