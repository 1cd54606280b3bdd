// Writes the guide's page of limits from their table. Run it after changing a limit; a test detects an outdated page.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { repositoryFolder } from './folders.mjs'

const { module } = await runnerImport(join(repositoryFolder, 'shared/worker-protocol/limits.ts'))
const file = 'docs/reference/limits.md'
writeFileSync(join(repositoryFolder, file), module.limitsPage())
console.log(`wrote ${file}`)
