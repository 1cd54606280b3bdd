// Temporary files of this process and of its workers: in one folder of the data folder, named after this process, so that
// nothing of a killed process stays for longer than until the next start. What must lie elsewhere, to be renamed there, is
// noted in it. Where no such folder was prepared (a worker started by hand, a test), the system's own is used.
import { rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { makeFolder, writing } from './atomic-file.ts'
import { isLeftover, isUnfinished, removeLeftovers, unfinishedName } from './leftovers.ts'

/** Workers inherit it; enginebench_worker/files.py reads it too. */
const variable = 'ENGINEBENCH_TEMPORARY'
const notePrefix = 'elsewhere-'

/** Removes the folders of processes that are gone, and names one for this process, which it removes when it ends. */
export async function prepareTemporaryFiles(dataFolder: string): Promise<void> {
  const root = join(dataFolder, 'temporary')
  for (const name of await readdir(root).catch(() => [])) {
    if (await isLeftover(join(root, name))) await removeNoted(join(root, name))
  }
  await removeLeftovers(root)
  const own = join(root, unfinishedName('process'))
  process.env[variable] = own
  process.on('exit', () => rmSync(own, { recursive: true, force: true }))
}

/** Throws BenchError `disk-full` or `not-writable` if the folder cannot be made, else what `work` throws. */
export async function inTemporaryFolder<Result>(
  purpose: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const root = process.env[variable] ?? tmpdir()
  const folder = await writing(root, async () => {
    await makeFolder(root)
    return mkdtemp(join(root, `enginebench-${purpose}-`))
  })
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same in a folder beside `base`, whose files are renamed to their place. A killed process leaves it noted. */
export async function inUnfinishedFolder<Result>(
  base: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = unfinishedName(base)
  const root = process.env[variable] ?? null
  const note = root === null ? null : join(root, `${notePrefix}${basename(folder)}`)
  try {
    await writing(folder, async () => {
      if (root !== null) await makeFolder(root)
      if (note !== null) await writeFile(note, folder)
      await makeFolder(folder)
    })
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
    if (note !== null) await rm(note, { force: true })
  }
}

/** Only what has the name of an unfinished thing: a note is a file like any other. */
async function removeNoted(processFolder: string): Promise<void> {
  for (const name of await readdir(processFolder).catch(() => [])) {
    if (!name.startsWith(notePrefix)) continue
    const noted = await readFile(join(processFolder, name), 'utf8').catch(() => '')
    if (isUnfinished(basename(noted))) await rm(noted, { recursive: true, force: true })
  }
}
