// A folder of its own for a test file, gone when the tests of that file are done.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'enginebench-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
