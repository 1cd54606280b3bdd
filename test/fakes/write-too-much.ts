// Run on a small disk by a test: writes a little, then more than fits, and prints what became of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '../../electron/store/atomic-file.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'

const folder = process.argv[2] ?? ''
const file = join(folder, 'run.json')
await writeAtomically(file, 'old')
const code = await writeAtomically(file, 'x'.repeat(200_000)).then(
  () => 'written',
  (error: unknown) => (error instanceof BenchError ? error.record.code : String(error)),
)
console.log(JSON.stringify({ code, content: readFileSync(file, 'utf8').slice(0, 10), files: readdirSync(folder) }))
