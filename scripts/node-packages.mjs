// Puts node_modules in the state that package-lock.json asks for, when it is not. Needs no package itself.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireProgram } from './child-process.mjs'
import { hashOf } from './folder-hash.mjs'
import { withFolderLock } from './folder-lock.mjs'
import { repositoryFolder } from './repository.mjs'

const marker = join(repositoryFolder, 'node_modules', '.enginebench-lock-sha256')

function wanted() {
  return hashOf(repositoryFolder, ['package-lock.json', '.npmrc'])
}

function areCurrent() {
  if (!existsSync(marker)) return isInstalledFromLock()
  return readFileSync(marker, 'utf8') === wanted()
}

/** npm's own note of what it installed, newer than the lock file: an `npm install` done by hand. */
function isInstalledFromLock() {
  const installed = join(repositoryFolder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages: found } = JSON.parse(readFileSync(installed, 'utf8'))
  const { packages: locked } = JSON.parse(readFileSync(join(repositoryFolder, 'package-lock.json'), 'utf8'))
  return Object.entries(locked).every(([path, { version, optional }]) => {
    return path === '' || optional || found[path]?.version === version
  })
}

export async function ensureNodePackages() {
  if (areCurrent()) return
  await withFolderLock(join(repositoryFolder, '.enginebench', 'node-packages'), async () => {
    if (areCurrent()) return
    console.error('installing Node packages from the lock file')
    // Not `npm ci`: it refuses a lock file without the optional binaries of other platforms, which a registry may lack.
    // Every locked version and hash is obeyed either way, and `--no-save` leaves the lock file as it is.
    await requireProgram('Installing Node packages', 'npm', ['install', '--no-save', '--no-fund', '--no-audit'], {
      env: { ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip' },
    })
    writeFileSync(marker, wanted())
  })
}
