import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pythonWire } from '../../scripts/python-wire.ts'

const folder = join(import.meta.dirname, '../../electron/python/enginebench_worker/wire')

test.each(Object.entries(pythonWire()))(
  'wire/%s is what the schemas say; if not, run `npm run generate`',
  (file, text) => {
    expect(readFileSync(join(folder, file), 'utf8')).toBe(text)
  },
)

test('every file that says it is generated is generated', () => {
  const sources = readdirSync(folder).filter((file) => file.endsWith('.py'))
  const marked = sources.filter((file) => /do not edit/.test(readFileSync(join(folder, file), 'utf8')))
  expect(marked.sort()).toEqual(Object.keys(pythonWire()).sort())
})
