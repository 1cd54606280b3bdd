// One process at a time works on a folder; the others wait. The lock is a folder holding its owner's process id, so
// a lock whose owner is gone is taken over. Waits at most `waitMs`, then throws.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

function ownerIsAlive(lockFolder) {
  try {
    const owner = Number(readFileSync(join(lockFolder, 'owner'), 'utf8'))
    process.kill(owner, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
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

export async function withFolderLock(folder, action, waitMs = 15 * 60_000) {
  const lockFolder = `${folder}.lock`
  mkdirSync(dirname(folder), { recursive: true })
  const deadline = Date.now() + waitMs
  while (!tryToLock(lockFolder)) {
    if (Date.now() > deadline)
      throw new Error(`Another process still works on ${folder}; end it or remove ${lockFolder}`)
    await pause(500)
    if (!ownerIsAlive(lockFolder)) rmSync(lockFolder, { recursive: true, force: true })
  }
  try {
    return await action()
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
}
