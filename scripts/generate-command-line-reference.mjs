// Writes the reference page of the command line from the definitions of its commands and options. Run it after changing
// them; a test detects an outdated page.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { repositoryFolder } from './folders.mjs'

const { module } = await runnerImport(join(repositoryFolder, 'electron/cli/reference-page.ts'))
const file = 'docs/reference/command-line.md'
mkdirSync(join(repositoryFolder, 'docs/reference'), { recursive: true })
writeFileSync(join(repositoryFolder, file), module.referencePage())
console.log(`wrote ${file}`)
