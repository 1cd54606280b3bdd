// The command line as a package for `npm install -g`: the built command line and its workers, models, the Python worker
// and the native packages of this platform. It depends on nothing, runs no script when it is installed, and needs no
// registry: onnxruntime-node, installed as a dependency, would download CUDA libraries that nothing here uses.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outFolder } from '../build.mjs'
import { repositoryFolder } from '../folders.mjs'
import { requireProgram } from '../programs.mjs'
import { copyNativePackages } from './native-packages.mjs'
import { licenceTextsName, ownNotices, writeLicenceTexts } from './notices.mjs'
import { product } from './product.mjs'

export const commandLineManifest = {
  name: product.name,
  version: product.version,
  description: product.description,
  author: product.authors,
  license: product.licence,
  type: 'module',
  bin: { [product.name]: 'out/cli/enginebench.cjs' },
  engines: product.engines,
  os: [process.platform],
  cpu: [process.arch],
  files: ['out', 'models', 'electron/python', ...ownNotices, licenceTextsName],
}

/** Of the build in out/. */
const parts = ['cli', 'workers']

const forDevelopment = /__pycache__|\.in$|requirements\/test\.txt$/

/** @returns the file. */
export async function makeCommandLine({ outputFolder }) {
  const folder = join(outputFolder, 'command-line')
  const name = `${product.name}-${product.version}`
  const file = join(outputFolder, `${name}-${process.platform}-${process.arch}.tgz`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  try {
    layOutCommandLine(folder)
    const words = ['pack', '--ignore-scripts', '--pack-destination', outputFolder]
    await requireProgram('Packing the command line', 'npm', words, { cwd: folder })
    renameSync(join(outputFolder, `${name}.tgz`), file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return file
}

function layOutCommandLine(folder) {
  const copy = (from, to, filter = () => true) => cpSync(from, join(folder, to), { recursive: true, filter })
  for (const part of parts) copy(join(outFolder, part), join('out', part))
  copyNativePackages(join(folder, 'out', 'node_modules'))
  for (const name of ['models', ...ownNotices]) copy(join(repositoryFolder, name), name)
  copy(join(repositoryFolder, 'electron', 'python'), join('electron', 'python'), (path) => !forDevelopment.test(path))
  copy(join(import.meta.dirname, 'command-line-readme.md'), 'README.md')
  writeLicenceTexts(join(folder, licenceTextsName), parts)
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(commandLineManifest, null, 2)}\n`)
}
