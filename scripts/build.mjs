// Builds out/ when its sources have changed since: window, main process, preload, command line, workers.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireProgram, runScript } from './child-process.mjs'
import { hashOf } from './folder-hash.mjs'
import { withFolderLock } from './folder-lock.mjs'
import { ensureNodePackages } from './node-packages.mjs'
import { repositoryFolder } from './repository.mjs'

const outFolder = join(repositoryFolder, 'out')
const marker = join(outFolder, 'sources-sha256')
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

function isCurrent() {
  if (!products.every((file) => existsSync(join(outFolder, file)))) return false
  return existsSync(marker) && readFileSync(marker, 'utf8') === hashOf(repositoryFolder, sources)
}

export async function ensureBuilt() {
  if (isCurrent()) return
  await withFolderLock(join(repositoryFolder, '.enginebench', 'build'), async () => {
    if (isCurrent()) return
    console.error('building')
    const hash = hashOf(repositoryFolder, sources)
    rmSync(marker, { force: true })
    const vite = join(repositoryFolder, 'node_modules', 'vite', 'bin', 'vite.js')
    // Quiet, so that a command's own output on stdout stays alone.
    await requireProgram('The build', process.execPath, [vite, 'build', '--logLevel', 'warn'], { quiet: true })
    mkdirSync(outFolder, { recursive: true })
    writeFileSync(marker, hash)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    await ensureNodePackages()
    await ensureBuilt()
    return 0
  })
}
