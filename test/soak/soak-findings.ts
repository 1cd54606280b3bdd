// What must be true when a soak has ended and everything in it has had time to end: nothing runs, nothing is half written,
// everything is listed and opens, and what never ended by itself is told as interrupted.
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { contentName, isWholeByBytes, sidecarName } from '../../electron/conversions/artifact-folder.ts'
import type { Services } from '../../electron/services.ts'
import { isUnfinished } from '../../electron/store/leftovers.ts'
import { hasEnded } from '../../electron/store/reopen-run.ts'
import { processesOf } from '../e2e/harness/processes.ts'
import type { Soak } from './soak-run.ts'
import { recordsIn } from './soak-work.ts'

const endLimitMs = 60_000

/** Processes that are still there once all had their time. */
export async function orphansOf(home: string): Promise<readonly string[]> {
  const untilMs = performance.now() + endLimitMs
  for (;;) {
    const left = await processesOf(home)
    if (left.length === 0 || performance.now() > untilMs) return left.map(({ command }) => command.slice(0, 200))
    await delay(500)
  }
}

/** Not Enginebench's own: the environments were there before, and the window's profile is Chromium's. */
const foreign = /^(environments|window|system-temporary)(\/|$)/

/** Files and folders that are unfinished, or hold less than they should; relative to the data folder. */
export async function halfWritten(home: string): Promise<readonly string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name)
    const name = relative(home, file)
    if (foreign.test(name)) continue
    if (isUnfinished(entry.name)) found.push(name)
    else if (entry.isFile() && entry.name.endsWith('.json') && !isJson(await readFile(file, 'utf8'))) found.push(name)
  }
  return found
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Folders of artifacts without a sidecar, and artifacts whose bytes are not those that were made. */
export async function damagedArtifacts({ paths, artifacts }: Services): Promise<readonly string[]> {
  const listed = await artifacts.list()
  const whole = await Promise.all(listed.map(isWholeByBytes))
  const damaged = listed.filter((_artifact, index) => !whole[index]).map(({ key = '' }) => `${key}: other bytes`)
  const names = await readdir(paths.artifactsFolder).catch(() => [])
  const keys = new Set(listed.map(({ key }) => key))
  for (const name of names.filter((each) => !keys.has(each))) {
    const inside: readonly string[] = await readdir(join(paths.artifactsFolder, name)).catch(() => [])
    if (inside.includes(sidecarName)) damaged.push(`${name}: not listed`)
    else if (inside.includes(contentName)) damaged.push(`${name}: without its sidecar`)
  }
  return damaged
}

/** Runs that say that they go on, and records that are told as a bug of Enginebench's own. */
export async function untrueRecords(soak: Soak, { conversions }: Services): Promise<readonly string[]> {
  const runs = await recordsIn(soak.home)
  const records = await conversions.list()
  const untrue = [
    ...runs.filter(({ record }) => !hasEnded(record)).map(({ record }) => `run ${record.runId} is ${record.state}`),
    ...records
      .filter(({ state }) => state === 'queued' || state === 'running')
      .map(({ conversionId, state }) => `conversion ${conversionId} is ${state}`),
  ]
  const bugs = [
    ...runs.flatMap(({ record }) => [
      record.error,
      ...record.groups.flatMap(({ cases }) => cases.map(({ error }) => error)),
    ]),
    ...records.map(({ error }) => error),
  ].filter((error) => error?.code === 'unexpected')
  return [...untrue, ...bugs.map((error) => `unexpected: ${error?.message} ${error?.cause}`)]
}

/** Folders of runs that no list shows. */
export async function runsWithoutRecord({ paths }: Services): Promise<readonly string[]> {
  const names = await readdir(paths.runsFolder).catch(() => [])
  const listed = (name: string): Promise<readonly string[]> => readdir(join(paths.runsFolder, name)).catch(() => [])
  const inside = await Promise.all(names.map(listed))
  return names.filter((_name, index) => !inside[index]?.includes('run.json'))
}

/** What Enginebench left in the folders for temporary files, its own and the system's. */
export async function temporaryLeft(home: string): Promise<readonly string[]> {
  const own = await readdir(join(home, 'temporary')).catch(() => [])
  const ofSystem = await readdir(join(home, 'system-temporary')).catch(() => [])
  return [...own, ...ofSystem.filter((name) => /enginebench/i.test(name))]
}
