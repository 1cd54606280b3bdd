// Writes the guide's table of what a query of each backend means. Run it after changing the backends' rows; a test
// detects an outdated table.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { repositoryFolder } from './folders.mjs'

const { module } = await runnerImport(join(repositoryFolder, 'shared/domain/backend-measuring.ts'))
const file = 'docs/guide/measuring.md'
const [begin, end] = ['<!-- backends -->\n', '\n<!-- end of backends -->']
const text = readFileSync(join(repositoryFolder, file), 'utf8')
const [before] = text.split(begin)
const after = text.slice(text.indexOf(end))
writeFileSync(join(repositoryFolder, file), `${before}${begin}${module.measuringTable()}${after}`)
console.log(`wrote the table of backends in ${file}`)
