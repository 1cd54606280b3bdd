import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'

const repository = join(import.meta.dirname, '../..')
const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()) })
const packageSchema = z.object({ license: z.string() })

function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(repository, ...path), 'utf8'))
}

it('names every package that the app is built from, with the licence that it declares', () => {
  const { dependencies } = manifestSchema.parse(readJson('package.json'))
  const declared = [...Object.keys(dependencies), 'electron'].toSorted().map((name) => {
    const { license } = packageSchema.parse(readJson('node_modules', name, 'package.json'))
    return `| ${name} | ${license} |`
  })
  const listed = readFileSync(join(repository, 'THIRD-PARTY.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Package') && !line.startsWith('| ---'))
  expect(listed).toEqual(declared)
})
