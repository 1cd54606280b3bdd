// What each environment is made of. torch, and what is compiled against it, has builds that differ by machine, so it is
// pinned without a hash and installed first; every other package is pinned with hashes, completely, so that
// dependencies need not be followed. TensorRT is pinned to one exact version and comes last, by NVIDIA's own packages.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EnvironmentName, environments, type TensorrtChoice } from '../../shared/domain/python-environment.ts'

export interface RequirementPaths {
  readonly compiledForTorch: readonly string[]
  readonly hashed: readonly string[]
}

export function requirementPaths(
  pythonPackageFolder: string,
  name: EnvironmentName,
  tensorrt: TensorrtChoice | null,
): RequirementPaths {
  const absolute = (file: string) =>
    join(pythonPackageFolder, 'requirements', file.replace('CUDA', tensorrt?.cuda ?? 'cu13'))
  const { compiledForTorch, hashed } = environments[name]
  return { compiledForTorch: compiledForTorch.map(absolute), hashed: hashed.map(absolute) }
}

/** Changes when an environment made from the same files would differ. */
export async function requirementsSha256(paths: RequirementPaths, ...pinned: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(pinned.join('\n'))
  for (const path of [...paths.compiledForTorch, ...paths.hashed]) hash.update(await readFile(path))
  return hash.digest('hex')
}
