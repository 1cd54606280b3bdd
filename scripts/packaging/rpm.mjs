// The .rpm, by rpmbuild from the same tree as the .deb. What it requires are the libraries themselves, so that one
// package fits every distribution.
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { requireProgram } from '../programs.mjs'
import { systemNeeds } from '../system.mjs'
import { filesUnder, filled, layOutTree, write } from './linux-tree.mjs'
import { describedFor, processors, product, sortableVersion } from './product.mjs'

/** @returns the file. */
export async function makeRpm({ appFolder, outputFolder, runtimeNotice = null, fast = false }) {
  const architecture = processors[process.arch].rpm
  const work = join(outputFolder, 'rpm-work')
  const tree = join(work, 'tree')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(tree, { recursive: true })
  try {
    layOutTree(tree, { appFolder, program: '/usr/bin/enginebench', setuidSandbox: true })
    write(join(tree, 'usr/lib', product.name, 'apparmor-profile'), filled('apparmor-profile'))
    const spec = join(work, `${product.name}.spec`)
    write(spec, specText(filesUnder(tree), runtimeNotice))
    const macros = {
      _topdir: work,
      _binary_payload: fast ? 'w1.gzdio' : 'w6.xzdio',
      // The binaries are as their makers built them.
      __os_install_post: '%{nil}',
      _build_id_links: 'none',
      debug_package: '%{nil}',
    }
    const defines = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`])
    await requireProgram('Making the .rpm', 'rpmbuild', [
      ...['-bb', '--target', architecture, ...defines, '--define', `tree ${tree}`, spec],
    ])
    const [name] = readdirSync(join(work, 'RPMS', architecture))
    const file = join(outputFolder, name)
    renameSync(join(work, 'RPMS', architecture, name), file)
    return file
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function specText(files, runtimeNotice) {
  const requires = systemNeeds.forWindow.map(({ library }) => `Requires: ${library}()(64bit)`)
  const helper = `/usr/lib/${product.name}/chrome-sandbox`
  const listed = files.map((file) => (file === helper ? `%attr(4755, root, root) "${file}"` : `"${file}"`))
  return [
    `Name: ${product.name}`,
    `Version: ${sortableVersion}`,
    'Release: 1',
    `Summary: ${describedFor(runtimeNotice)}`,
    `License: ${product.licence}`,
    'AutoReqProv: no',
    ...requires,
    '',
    '%description',
    `The window, and the command line if Node ${product.nodeMajor}.${product.nodeMinor} or newer is installed.`,
    '',
    '%install',
    'mkdir -p %{buildroot}',
    'cp -a "%{tree}/." %{buildroot}/',
    '',
    '%post',
    ...script('after-install.sh'),
    '%preun',
    ...script('before-remove.sh'),
    '%postun',
    ...script('after-remove.sh'),
    '%files',
    '%defattr(-, root, root)',
    `%dir /usr/lib/${product.name}`,
    ...listed,
    '',
  ].join('\n')
}

/** rpm brings its own first line, and reads `%` as the beginning of a macro. */
function script(template) {
  return [...filled(template).replace('#!/bin/sh\n', '').replaceAll('%', '%%').split('\n'), '']
}
