// Notices when the program that started a script is gone. `npm run` that is killed leaves its script running, behind a
// shell that passes no signal on.
import { readFileSync } from 'node:fs'

const lookEveryMs = 1000

/**
 * Calls `onGone` once when npm has ended. Does nothing unless npm runs this script: what a user sends to the background
 * outlives its terminal on purpose.
 *
 * @returns a function that stops watching
 */
export function watchStarter(onGone, environment = process.env) {
  if (environment.npm_lifecycle_event === undefined) return () => undefined
  const atStart = starters()
  const timer = setInterval(() => {
    if (starters() === atStart) return
    clearInterval(timer)
    onGone()
  }, lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** The parent and, on Linux, the parent's parent: npm starts a shell, and the shell the script. */
function starters() {
  const parent = process.ppid
  return `${parent} ${parentOf(parent)}`
}

/** Field 4 of /proc/<pid>/stat; the name in field 2 may hold spaces. Null elsewhere. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  } catch {
    return null
  }
}
