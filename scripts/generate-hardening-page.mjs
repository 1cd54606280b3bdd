// Writes the matrix of faults, Electron's rules and the tests that hold them, and prints it. Run it after adding a test
// that is named after one; a test detects an outdated page.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { repositoryFolder } from './folders.mjs'

const { module } = await runnerImport(join(repositoryFolder, 'test/architecture/hardening-page.ts'))
const file = 'docs/reference/hardening.md'
const page = module.hardeningPage()
writeFileSync(join(repositoryFolder, file), page)
console.log(page)
console.log(`wrote ${file}`)
