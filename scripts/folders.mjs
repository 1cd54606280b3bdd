// The folders that set-up uses: their paths, whether they changed, and which process uses them now. Needs no package.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The clone. Absolute, like every path here. */
export const repositoryFolder = dirname(dirname(fileURLToPath(import.meta.url)))

/** Downloads and files made from them, outside node_modules so that `npm ci` keeps them. Safe to delete. */
export const setupCacheFolder =
  process.env.ENGINEBENCH_SETUP_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'enginebench')

/** The full output of the programs that set-up runs; a failure names the file. */
export const logsFolder = join(setupCacheFolder, 'logs')

const ignoredNames = new Set(['__pycache__', 'node_modules', '.pytest_cache', '.ruff_cache'])

/** One hash over the paths and bytes of files and folders: shows whether something made from them is out of date. */
export function hashOf(root, entries) {
  const hash = createHash('sha256')
  for (const file of entries.flatMap((entry) => filesIn(join(root, entry))).sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !ignoredNames.has(name))
    .flatMap(({ name }) => filesIn(join(path, name)))
}

/**
 * Runs `action` while no other process uses the folder; the others wait. The lock is a folder that holds its owner's
 * process id, so a lock whose owner has ended is taken over. Throws after waiting `waitMs`.
 */
export async function withFolderLock(folder, action, waitMs = 15 * 60_000) {
  const lockFolder = `${folder}.lock`
  mkdirSync(dirname(folder), { recursive: true })
  const deadline = Date.now() + waitMs
  while (!tryToLock(lockFolder)) {
    if (Date.now() > deadline)
      throw new Error(`Another process is still working on ${folder}; end it or delete ${lockFolder}`)
    await pause(500)
    if (!ownerIsAlive(lockFolder)) rmSync(lockFolder, { recursive: true, force: true })
  }
  try {
    return await action()
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
}

function tryToLock(lockFolder) {
  try {
    mkdirSync(lockFolder)
    writeFileSync(join(lockFolder, 'owner'), String(process.pid))
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function ownerIsAlive(lockFolder) {
  try {
    const owner = Number(readFileSync(join(lockFolder, 'owner'), 'utf8'))
    process.kill(owner, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
