// A data folder as version 0.1.0 first wrote it: test/fixtures/first-version-data/README.md says how it was made.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const fixture = join(import.meta.dirname, '../fixtures/first-version-data')

export const firstVersionRuns: readonly string[] = readdirSync(join(fixture, 'runs'))

/** Copies it; `@interpreter@` in its files becomes the interpreter that the adopted environment names. */
export async function placeFirstVersionData(target: string, interpreter = process.execPath): Promise<void> {
  mkdirSync(target, { recursive: true })
  cpSync(fixture, target, { recursive: true, filter: (file) => !file.endsWith('README.md') })
  const adopted = join(target, 'environments', 'main.adopted.json')
  writeFileSync(adopted, readFileSync(adopted, 'utf8').replace('@interpreter@', interpreter))
}
