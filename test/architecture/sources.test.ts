import { expect, test } from 'vitest'
import {
  cyclicImports,
  lengths,
  readingPath,
  readingPathProblems,
  repeats,
  sourceFiles,
} from '../../scripts/architecture.mjs'
import { repositoryFiles } from './source-tree.ts'

const mostLines = 400
const mostLinesOfARun = 250
const mostFilesPerClick = 40

test('there are sources to look at, in both languages', () => {
  expect(sourceFiles().filter((file: string) => file.endsWith('.ts')).length).toBeGreaterThan(100)
  expect(sourceFiles().filter((file: string) => file.endsWith('.py')).length).toBeGreaterThan(50)
})

test(`no source file is longer than ${mostLines} lines, none of electron/runs longer than ${mostLinesOfARun}`, () => {
  const limitOf = (file: string) => (file.startsWith('electron/runs/') ? mostLinesOfARun : mostLines)
  expect(lengths().filter(({ file, lines }) => lines > limitOf(file))).toEqual([])
})

/** Each starts a program that reads all sources: seconds, and minutes on a busy machine. */
const programLimitMs = 300_000

test(
  'no import is part of a cycle, types included',
  () => {
    expect(cyclicImports()).toEqual([])
  },
  programLimitMs,
)

test(
  'no two places repeat ten lines or more',
  () => {
    expect(repeats()).toEqual([])
  },
  programLimitMs,
)

test(`one click on Run crosses at most ${mostFilesPerClick} files, each reached from an earlier one`, () => {
  const files = readingPath().map(({ file }) => file)
  expect(new Set(files).size).toBe(files.length)
  expect(files.length).toBeGreaterThan(30)
  expect(files.length).toBeLessThanOrEqual(mostFilesPerClick)
  expect(readingPathProblems()).toEqual([])
})

test('no file or folder hides behind a name that says nothing', () => {
  const empty = /(^|[/_.-])(utils?|helpers?|managers?|common|misc)([/_.-]|$)/
  expect(repositoryFiles().filter((file) => empty.test(file))).toEqual([])
})

test('TypeScript files are kebab-case, Python files snake_case', () => {
  const wrong = sourceFiles().filter((file: string) => {
    const name = file.split('/').at(-1) ?? ''
    return name.endsWith('.py') ? !/^_*[a-z0-9_]+\.py$/.test(name) : !/^[a-z0-9.-]+\.(ts|tsx|mjs)$/.test(name)
  })
  expect(wrong).toEqual([])
})
