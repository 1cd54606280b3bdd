// The folder of a run that is named on the command line, by its folder or its id.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Services } from '../services.ts'

export async function runFolderNamed({ store }: Pick<Services, 'store'>, named: string): Promise<string> {
  const isFolder = await stat(resolve(named)).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const looksLikePath = /[\\/]/.test(named) || !/^[a-z0-9._-]+$/.test(named)
  return isFolder || looksLikePath ? resolve(named) : store.folderOf(named)
}
