// The licences that every package carries: ours, the list of what it is built from, and the full text of each of those.
// The build writes down what it bundled (vite.config.ts); native packages are read where they are installed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { outFolder } from '../build.mjs'
import { repositoryFolder } from '../folders.mjs'
import { nativePackages } from './native-packages.mjs'

export const ownNotices = ['LICENSE', 'NOTICE', 'THIRD-PARTY.md']
export const licenceTextsName = 'THIRD-PARTY-LICENSES.txt'

/** Written by the build beside each product. */
const bundledName = 'bundled-packages.json'

/** @param products folders of out/ */
export function writeLicenceTexts(file, products) {
  const packages = new Map()
  for (const entry of [...products.flatMap(bundledPackages), ...installedNatives()]) {
    packages.set(`${entry.name} ${entry.version}`, entry)
  }
  const sorted = [...packages].toSorted(([left], [right]) => (left < right ? -1 : 1))
  const sections = sorted.map(([title, { identifier, text }]) => {
    return `${'='.repeat(100)}\n${title} (${identifier})\n\n${text ?? publishedText(identifier)}\n`
  })
  writeFileSync(file, `Packages by others that this package includes, with their licences.\n\n${sections.join('\n')}`)
}

function bundledPackages(product) {
  return JSON.parse(readFileSync(join(outFolder, product, bundledName), 'utf8'))
}

function installedNatives() {
  return nativePackages(process.platform, process.arch).map(({ name }) => {
    const folder = join(repositoryFolder, 'node_modules', name)
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each))
    return { name, version, identifier: license, text: file && readFileSync(join(folder, file), 'utf8').trim() }
  })
}

/** A few packages declare a licence and ship no text of it. */
function publishedText(identifier) {
  const require = createRequire(import.meta.url)
  const folder = join(require.resolve('spdx-license-list/package.json'), '..', 'licenses')
  const file = join(folder, `${identifier}.json`)
  const said = 'The package declares this licence and includes no text of it. Its published text:'
  return existsSync(file) ? `${said}\n\n${JSON.parse(readFileSync(file, 'utf8')).licenseText.trim()}` : identifier
}
