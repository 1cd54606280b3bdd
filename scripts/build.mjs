// Brings the clone up to date: node_modules from the lock file, then out/ (window, main process, preload, command line,
// workers) from its sources. Does nothing if both are current.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashOf, repositoryFolder, withFolderLock } from './folders.mjs'
import { requireProgram, runScript } from './programs.mjs'

const packagesMarker = join(repositoryFolder, 'node_modules', '.enginebench-lock-sha256')
export const outFolder = join(repositoryFolder, 'out')
const buildMarker = join(outFolder, 'sources-sha256')
const products = ['renderer/index.html', 'main/main.cjs', 'preload/preload.cjs', 'cli/enginebench.cjs']
const sources = [
  'shared',
  'electron',
  'renderer',
  'vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
]

export async function ensureNodePackages(log = console.error) {
  if (packagesAreCurrent()) return
  await withFolderLock(join(repositoryFolder, '.enginebench', 'node-packages'), async () => {
    if (packagesAreCurrent()) return
    log('Installing Node packages from package-lock.json (about a minute)')
    // Not `npm ci`: it refuses a lock file without the optional binaries of other platforms, which a registry may lack.
    // Both obey every locked version and hash, and `--no-save` leaves the lock file unchanged.
    await requireProgram('Installing Node packages', 'npm', ['install', '--no-save', '--no-fund', '--no-audit'], {
      env: { ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip' },
    })
    writeFileSync(packagesMarker, wantedPackages())
  })
}

function wantedPackages() {
  return hashOf(repositoryFolder, ['package-lock.json', '.npmrc'])
}

function packagesAreCurrent() {
  if (!existsSync(packagesMarker)) return isInstalledFromLock()
  return readFileSync(packagesMarker, 'utf8') === wantedPackages()
}

/** Whether npm's own list of installed packages matches the lock file, e.g. after a manual `npm install`. */
function isInstalledFromLock() {
  const installed = join(repositoryFolder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages: found } = JSON.parse(readFileSync(installed, 'utf8'))
  const { packages: locked } = JSON.parse(readFileSync(join(repositoryFolder, 'package-lock.json'), 'utf8'))
  return Object.entries(locked).every(([path, { version, optional }]) => {
    return path === '' || optional || found[path]?.version === version
  })
}

export async function ensureBuilt(log = console.error) {
  if (buildIsCurrent()) return
  await withFolderLock(join(repositoryFolder, '.enginebench', 'build'), async () => {
    if (buildIsCurrent()) return
    log('Building the app (about 10 seconds)')
    const hash = hashOf(repositoryFolder, sources)
    rmSync(buildMarker, { force: true })
    const vite = join(repositoryFolder, 'node_modules', 'vite', 'bin', 'vite.js')
    await requireProgram('Building the app', process.execPath, [vite, 'build', '--logLevel', 'warn'])
    mkdirSync(outFolder, { recursive: true })
    writeFileSync(buildMarker, hash)
  })
}

function buildIsCurrent() {
  if (!products.every((file) => existsSync(join(outFolder, file)))) return false
  return existsSync(buildMarker) && readFileSync(buildMarker, 'utf8') === hashOf(repositoryFolder, sources)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    await ensureNodePackages()
    await ensureBuilt()
    return 0
  })
}
