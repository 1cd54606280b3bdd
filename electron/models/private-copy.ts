// The private folder of a user's model, named by its hash: made beside its final place and renamed when complete, so
// that it is there whole or not at all. An equal model that is there already is kept.
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFacts } from './model-inspection.ts'

/** @param inspect writes the copy into the folder it is given. @returns the folder that holds it for good. */
export async function makePrivateCopy(
  copiesFolder: string,
  inspect: (copyFolder: string) => Promise<ModelFacts>,
): Promise<{ readonly facts: ModelFacts; readonly folder: string }> {
  await mkdir(copiesFolder, { recursive: true, mode: 0o700 })
  const incoming = await mkdtemp(join(copiesFolder, '.incoming-'))
  try {
    const facts = await inspect(incoming)
    const folder = join(copiesFolder, facts.sha256)
    const there = await stat(folder).catch(() => null)
    if (!there) await rename(incoming, folder).catch(ignoreExisting)
    return { facts, folder }
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}

/** Another process was faster with the same model. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
