// What the .deb, the .rpm and the AppImage have in common: the app in usr/lib/enginebench, what starts it in usr/bin, its
// menu entry, its icon and its licences. The folder may lie anywhere, since what starts the app finds it from itself.
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryFolder } from '../folders.mjs'
import { ownNotices } from './notices.mjs'
import { product } from './product.mjs'

const templates = join(import.meta.dirname, 'linux')
const icon = join(import.meta.dirname, 'icon')

/**
 * @param options.program what the menu entry starts
 * @param options.setuidSandbox whether root owns the files where they will lie: then Chromium's own helper makes the
 * sandbox on systems that refuse user namespaces
 */
export function layOutTree(root, { appFolder, program, setuidSandbox }) {
  const library = join(root, 'usr/lib', product.name)
  mkdirSync(dirname(library), { recursive: true })
  cpSync(appFolder, library, { recursive: true, verbatimSymlinks: true })
  write(join(library, 'launch'), filled('launch.sh'), 0o755)
  const documents = join(root, 'usr/share/doc', product.name)
  write(join(documents, 'copyright'), copyright())
  write(join(documents, 'installing.md'), readFileSync(join(repositoryFolder, 'docs/guide/installing.md')))
  write(join(root, 'usr/share/applications', `${product.name}.desktop`), filled('enginebench.desktop', { program }))
  for (const [folder, file] of [
    ['scalable', 'svg'],
    ['512x512', 'png'],
  ]) {
    const target = join(root, 'usr/share/icons/hicolor', folder, 'apps', `${product.name}.${file}`)
    write(target, readFileSync(`${icon}.${file}`))
  }
  mkdirSync(join(root, 'usr/bin'), { recursive: true })
  symlinkSync(`../lib/${product.name}/launch`, join(root, 'usr/bin', product.name))
  readableByAll(root)
  chmodSync(join(library, 'chrome-sandbox'), setuidSandbox ? 0o4755 : 0o755)
}

/** A template with the product's facts and `values` in place of `@names@`. */
export function filled(template, values = {}) {
  const facts = { ...product, ...values }
  return readFileSync(join(templates, template), 'utf8').replaceAll(/@(\w+)@/g, (whole, name) => facts[name] ?? whole)
}

export function write(file, content, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, { mode })
  chmodSync(file, mode)
}

function copyright() {
  const [licence, notice, packages] = ownNotices.map((name) =>
    readFileSync(join(repositoryFolder, name), 'utf8').trim(),
  )
  const texts = `The full licences of those packages: /usr/lib/${product.name}/resources/THIRD-PARTY-LICENSES.txt\n`
  return [
    notice,
    packages,
    `${texts}Those of Chromium: /usr/lib/${product.name}/LICENSES.chromium.html`,
    licence,
    '',
  ].join('\n\n')
}

/** Whoever builds the package may have a strict umask. */
function readableByAll(path) {
  const status = lstatSync(path)
  if (status.isSymbolicLink()) return
  const runs = status.isDirectory() || (status.mode & 0o100) !== 0
  chmodSync(path, runs ? 0o755 : 0o644)
  if (status.isDirectory()) for (const name of readdirSync(path)) readableByAll(join(path, name))
}

/** All files and links under a folder, as paths that begin with `/`, in order. */
export function filesUnder(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesUnder(root, path) : [path]
    })
}
