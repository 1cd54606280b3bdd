// Removes what a killed process left unfinished in a cache. Only removes what has not changed for a day: another
// process may be using anything younger.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const dayMs = 24 * 60 * 60 * 1000

export async function removeStaleLeftovers(folder: string, isLeftover: (name: string) => boolean): Promise<void> {
  const names = (await readdir(folder)).filter(isLeftover)
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found === null || Date.now() - found.mtimeMs < dayMs) continue
    await rm(join(folder, name), { recursive: true, force: true })
  }
}
