// The page that lists how TensorRT is tested names real tests, and quotes what they expect.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryFolder } from '../architecture/source-tree.ts'

const page = readFileSync(join(repositoryFolder, 'docs/testing-tensorrt.md'), 'utf8')
const files = readdirSync(join(repositoryFolder, 'test'), { recursive: true, encoding: 'utf8' })
const named = [...new Set([...page.matchAll(/`([\w-]+(?:\.test\.tsx?|\.py))`/g)].map(([, name = '']) => name))]

/** Strings that a formatter broke over lines are joined. */
function contentOf(name: string): string {
  const found = files.find((file) => basename(file) === name)
  if (found === undefined) throw new Error(`There is no test ${name}.`)
  return readFileSync(join(repositoryFolder, 'test', found), 'utf8').replaceAll(/"\n\s*f?"/g, '')
}

test.each(named)('the page names a test that exists: %s', (name) => {
  expect(contentOf(name)).not.toBe('')
})

const section = page.slice(page.indexOf('## Bad input'), page.indexOf('## What shows each call'))
const rows = [...section.matchAll(/^\| ([^|]+) \| "(.+)" \| `(.+)` \|$/gm)].map(
  ([, input = '', sentence = '', name = '']) => [input, sentence, name] as const,
)

test('every bad input that users meet has a row', () => {
  const words = rows.map(([input]) => input).join('\n')
  for (const kind of [
    ...['cut short', 'another program', 'newer version', 'older version', 'another GPU', 'another operating system'],
    ...['encrypted', 'empty', "larger than the GPU's memory", 'timing cache of another card', 'driver that vanishes'],
  ]) {
    expect(words).toContain(kind)
  }
})

test.each(rows)('a test expects what the page says of %s', (_input, sentence, name) => {
  expect(contentOf(name)).toContain(sentence)
})
