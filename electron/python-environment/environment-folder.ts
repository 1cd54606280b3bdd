// One environment on disk: a virtual environment made in its final folder (its scripts hold absolute paths, so it
// cannot be moved), committed by complete.json, which is written last. A folder without it is unfinished and is
// removed by the next set-up. An adopted interpreter is a small file beside where the folder would be.

import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  type EnvironmentName,
  pythonExtraSchema,
  tensorrtChoiceSchema,
} from '../../shared/domain/python-environment.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'

export const commitmentSchema = z.object({
  schemaVersion: z.literal(1),
  interpreter: z.string(),
  pythonVersion: z.string(),
  extras: z.array(pythonExtraSchema),
  torchVersion: z.string().nullable(),
  /** Null for an adopted one, which is not ours to measure. */
  sizeBytes: z.number().nullable(),
  /** sha256 over the requirement files it was made from; null when adopted. */
  requirementsSha256: z.string().nullable(),
  /** The TensorRT that was installed into it; null elsewhere, absent in what older versions made. */
  tensorrt: tensorrtChoiceSchema.nullable().optional(),
})
export type Commitment = z.infer<typeof commitmentSchema>

export interface EnvironmentFolder {
  readonly name: EnvironmentName
  readonly folder: string
  readonly interpreter: string
  readonly commitFile: string
  readonly adoptedFile: string
  readonly lockFile: string
}

export function environmentFolder(environmentsFolder: string, name: EnvironmentName): EnvironmentFolder {
  const folder = join(environmentsFolder, name)
  const windows = process.platform === 'win32'
  return {
    name,
    folder,
    interpreter: join(folder, windows ? 'Scripts' : 'bin', windows ? 'python.exe' : 'python'),
    commitFile: join(folder, 'complete.json'),
    adoptedFile: join(environmentsFolder, `${name}.adopted.json`),
    lockFile: join(environmentsFolder, `${name}.lock`),
  }
}

/** Null where there is none, or where it cannot be understood. */
export async function readCommitment(file: string): Promise<Commitment | null> {
  try {
    return commitmentSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

export async function writeCommitment(file: string, commitment: Commitment): Promise<void> {
  await writeAtomically(file, jsonText(commitment))
}

/** The commit marker goes first, so that a half-removed environment is never taken for a whole one. */
export async function removeEnvironment({ folder, commitFile }: EnvironmentFolder): Promise<void> {
  await rm(commitFile, { force: true })
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
