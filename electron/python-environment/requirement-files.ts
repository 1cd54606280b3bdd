// Which requirement files make which environment, beside torch (whose builds differ by machine, so it has no hash).
// Every other package is pinned with hashes.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnvironmentName } from './environment-folder.ts'

interface EnvironmentContents {
  readonly requirementFiles: readonly string[]
  /** SPDX ids that must be accepted before anything is fetched. */
  readonly licences: readonly string[]
}

export const environmentContents: Readonly<Record<EnvironmentName, EnvironmentContents>> = {
  main: { requirementFiles: ['main.txt'], licences: [] },
  yolo: { requirementFiles: ['yolo.txt'], licences: ['AGPL-3.0'] },
}

export function requirementPaths(pythonPackageFolder: string, name: EnvironmentName): readonly string[] {
  return environmentContents[name].requirementFiles.map((file) => join(pythonPackageFolder, 'requirements', file))
}

/** Changes when an environment made from the same files would differ. */
export async function requirementsSha256(paths: readonly string[], torchVersion: string): Promise<string> {
  const hash = createHash('sha256').update(torchVersion)
  for (const path of paths) hash.update(await readFile(path))
  return hash.digest('hex')
}
