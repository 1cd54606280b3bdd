// Makes a folder and what is missing above it, as `mkdir -p` does. Node's own recursive mkdir never answers where a file
// system says ENOENT for a name that cannot be made, as /proc does. Throws what mkdir throws.
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './write-failure.ts'

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder).catch((again) => {
      if (errorCode(again) !== 'EEXIST') throw again
    })
  }
}
