import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { referencePage } from '../../electron/cli/reference-page.ts'

const file = join(import.meta.dirname, '../../docs/reference/command-line.md')

test('the reference page is what the definitions say; if not, run `npm run generate`', () => {
  expect(readFileSync(file, 'utf8')).toBe(referencePage())
})

test('a row of the page shows an option with its range and default', () => {
  expect(referencePage()).toContain(
    '\n| `--energy [seconds]` | Measure the energy of an image over one uninterrupted block, on a GPU | 10 to 300 | 30 |\n',
  )
})
