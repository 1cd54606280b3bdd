// Which requirement files make which environment. torch, and what is compiled against it, has builds that differ by
// machine, so it is pinned without a hash and installed first; every other package is pinned with hashes, completely,
// so that dependencies need not be followed.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnvironmentName } from './environment-folder.ts'

interface EnvironmentContents {
  /** Installed with torch, from where torch comes from. */
  readonly compiledForTorch: readonly string[]
  readonly hashed: readonly string[]
  /** SPDX ids that must be accepted before anything is fetched. */
  readonly licences: readonly string[]
}

export const environmentContents: Readonly<Record<EnvironmentName, EnvironmentContents>> = {
  main: { compiledForTorch: [], hashed: ['main.txt'], licences: [] },
  yolo: { compiledForTorch: ['torchvision.txt'], hashed: ['yolo.txt'], licences: ['AGPL-3.0'] },
}

export interface RequirementPaths {
  readonly compiledForTorch: readonly string[]
  readonly hashed: readonly string[]
}

export function requirementPaths(pythonPackageFolder: string, name: EnvironmentName): RequirementPaths {
  const absolute = (file: string) => join(pythonPackageFolder, 'requirements', file)
  const { compiledForTorch, hashed } = environmentContents[name]
  return { compiledForTorch: compiledForTorch.map(absolute), hashed: hashed.map(absolute) }
}

/** Changes when an environment made from the same files would differ. */
export async function requirementsSha256(paths: RequirementPaths, torchVersion: string): Promise<string> {
  const hash = createHash('sha256').update(torchVersion)
  for (const path of [...paths.compiledForTorch, ...paths.hashed]) hash.update(await readFile(path))
  return hash.digest('hex')
}
