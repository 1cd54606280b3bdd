// The .deb, made by dpkg-deb itself from a tree: electron-builder's own target downloads a packager (docs/adr/0011).
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { repositoryFolder } from '../folders.mjs'
import { requireProgram } from '../programs.mjs'
import { systemNeeds } from '../system.mjs'
import { filesUnder, filled, layOutTree, write } from './linux-tree.mjs'
import { describedFor, processors, product, sortableVersion } from './product.mjs'

/** @returns the file. */
export async function makeDeb({ appFolder, outputFolder, runtimeNotice = null, fast = false }) {
  const architecture = processors[process.arch].deb
  const tree = join(outputFolder, 'deb-tree')
  const file = join(outputFolder, `${product.name}_${sortableVersion}_${architecture}.deb`)
  rmSync(tree, { recursive: true, force: true })
  mkdirSync(tree, { recursive: true })
  try {
    layOutTree(tree, { appFolder, program: '/usr/bin/enginebench', setuidSandbox: true })
    write(join(tree, 'usr/lib', product.name, 'apparmor-profile'), filled('apparmor-profile'))
    const changes = readFileSync(join(repositoryFolder, 'CHANGELOG.md'))
    write(join(tree, 'usr/share/doc', product.name, 'changelog.gz'), gzipSync(changes))
    const files = filesUnder(tree)
    const control = join(tree, 'DEBIAN')
    write(join(control, 'control'), controlText(architecture, installedKibibytes(tree, files), runtimeNotice))
    write(join(control, 'md5sums'), checksums(tree, files))
    write(join(control, 'postinst'), filled('after-install.sh'), 0o755)
    write(join(control, 'prerm'), filled('before-remove.sh'), 0o755)
    write(join(control, 'postrm'), filled('after-remove.sh'), 0o755)
    const compression = fast ? ['-Zgzip', '-z1'] : ['-Zxz']
    await requireProgram('Making the .deb', 'dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, file])
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
  return file
}

function controlText(architecture, installedSize, runtimeNotice) {
  const fields = {
    Package: product.name,
    Version: sortableVersion,
    Architecture: architecture,
    Maintainer: product.authors,
    'Installed-Size': installedSize,
    Depends: dependencies(),
    Suggests: `nodejs (>= ${product.nodeMajor}.${product.nodeMinor})`,
    Section: 'devel',
    Priority: 'optional',
    Description: `${describedFor(runtimeNotice)}\n The window, and the command line if Node ${product.nodeMajor}.${product.nodeMinor} or newer is installed.`,
  }
  return `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n`
}

/** Newer releases renamed some packages when `time_t` grew to 64 bits. */
function dependencies() {
  return systemNeeds.forWindow.map((need) => `${need.package} | ${need.package}t64`).join(', ')
}

function checksums(tree, files) {
  const lines = files
    .filter((file) => lstatSync(join(tree, file)).isFile())
    .map(
      (file) =>
        `${createHash('md5')
          .update(readFileSync(join(tree, file)))
          .digest('hex')}  ${file.slice(1)}`,
    )
  return `${lines.join('\n')}\n`
}

function installedKibibytes(tree, files) {
  return files.reduce((sum, file) => sum + Math.ceil(lstatSync(join(tree, file)).size / 1024), 0)
}
