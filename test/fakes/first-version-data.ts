// A data folder as version 0.1.0 first wrote it: test/fixtures/first-version-data/README.md says how it was made.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder } from '../../scripts/packaging/linux-tree.mjs'

const fixture = join(import.meta.dirname, '../fixtures/first-version-data')

export const firstVersionRuns: readonly string[] = readdirSync(join(fixture, 'runs'))

/** Copies it to where it then is at home; the Python environment that it took into use is `interpreter`. */
export function placeFirstVersionData(target: string, interpreter = process.execPath): void {
  mkdirSync(target, { recursive: true })
  cpSync(fixture, target, { recursive: true, filter: (file) => !file.endsWith('README.md') })
  for (const file of filesUnder(target).filter((name: string) => name.endsWith('.json'))) {
    const text = readFileSync(join(target, file), 'utf8')
    const filled = text.replaceAll('@home@', target).replaceAll('@interpreter@', interpreter)
    if (filled !== text) writeFileSync(join(target, file), filled)
  }
}
