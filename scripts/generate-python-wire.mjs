// Writes Python's dataclasses of the worker protocol from the schemas. Run it after changing shared/worker-protocol or
// a domain type it uses; a test detects outdated files.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { repositoryFolder } from './folders.mjs'

const { module } = await runnerImport(join(repositoryFolder, 'scripts/python-wire.ts'))
for (const [file, text] of Object.entries(module.pythonWire())) {
  writeFileSync(join(repositoryFolder, 'electron/python/enginebench_worker/wire', file), text)
  console.log(`wrote electron/python/enginebench_worker/wire/${file}`)
}
