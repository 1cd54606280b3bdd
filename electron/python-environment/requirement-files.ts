// What each environment is made of. torch, and what is compiled against it, has builds that differ by machine, so it is
// pinned without a hash and installed first; every other package is pinned with hashes, completely, so that
// dependencies need not be followed. TensorRT is pinned to one exact version and comes last, by NVIDIA's own packages.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { licenceOfEnvironment } from '../../shared/domain/backend-environment.ts'
import type { EnvironmentName, TensorrtChoice } from '../../shared/ipc/contract.ts'

interface EnvironmentContents {
  /** Installed with torch, from where torch comes from. */
  readonly compiledForTorch: readonly string[]
  /** `CUDA` in a name stands for the CUDA of the TensorRT chosen. */
  readonly hashed: readonly string[]
  /** Oldest minor of Python 3 that its packages have builds for. */
  readonly oldestPythonMinor: number
  readonly minimumFreeBytes: number
}

const gibibyte = 1024 ** 3

export const environmentContents: Readonly<Record<EnvironmentName, EnvironmentContents>> = {
  main: {
    compiledForTorch: [],
    hashed: ['main.txt'],
    oldestPythonMinor: 10,
    minimumFreeBytes: 3 * gibibyte,
  },
  yolo: {
    compiledForTorch: ['torchvision.txt'],
    hashed: ['yolo.txt'],
    oldestPythonMinor: 10,
    minimumFreeBytes: 3 * gibibyte,
  },
  tensorrt: {
    compiledForTorch: [],
    hashed: ['tensorrt-CUDA.txt'],
    oldestPythonMinor: 10,
    minimumFreeBytes: 8 * gibibyte,
  },
  'tensorrt-rtx': {
    compiledForTorch: [],
    hashed: ['tensorrt-rtx.txt'],
    oldestPythonMinor: 11,
    minimumFreeBytes: 3 * gibibyte,
  },
  openvino: {
    compiledForTorch: [],
    hashed: ['openvino.txt'],
    oldestPythonMinor: 10,
    minimumFreeBytes: 1 * gibibyte,
  },
}

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
  const { compiledForTorch, hashed } = environmentContents[name]
  return { compiledForTorch: compiledForTorch.map(absolute), hashed: hashed.map(absolute) }
}

/** Changes when an environment made from the same files would differ. */
export async function requirementsSha256(paths: RequirementPaths, ...pinned: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(pinned.join('\n'))
  for (const path of [...paths.compiledForTorch, ...paths.hashed]) hash.update(await readFile(path))
  return hash.digest('hex')
}

/** What must be typed to make it, after `setup python`. */
export function setupWords(name: EnvironmentName): string {
  const licence = licenceOfEnvironment[name]
  const environment = name === 'main' ? '' : ` --environment ${name}`
  return `setup python${environment}${licence === null ? '' : ` --accept-licence ${licence}`}`
}
