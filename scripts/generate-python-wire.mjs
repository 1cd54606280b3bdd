// Writes Python's dataclasses of the worker protocol from the schemas. Run it after a change to shared/worker-protocol or
// to a noun it uses; a test finds files that are out of date.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { repositoryFolder } from './folders.mjs'

const { module } = await runnerImport(join(repositoryFolder, 'scripts/python-wire.ts'))
for (const [file, text] of Object.entries(module.pythonWire())) {
  writeFileSync(join(repositoryFolder, 'electron/python/enginebench_worker/wire', file), text)
  console.log(`wrote electron/python/enginebench_worker/wire/${file}`)
}
