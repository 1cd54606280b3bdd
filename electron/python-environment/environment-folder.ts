// One environment on disk: a virtual environment made in its final folder (its scripts hold absolute paths, so it
// cannot be moved), committed by complete.json, which is written last. A folder without that file is unfinished, and
// the next set-up removes it. An adopted interpreter is a small file next to where the folder would be.
import { lstat, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import {
  type EnvironmentName,
  pythonExtraSchema,
  tensorrtChoiceSchema,
} from '../../shared/domain/python-environment.ts'
import { jsonText, writeAtomically, writing } from '../store/atomic-file.ts'
import { isAlive, processMarkSchema, thisProcess } from '../store/process-lock.ts'
import { readSmallText } from '../store/regular-file.ts'

const commitmentSchema = z.object({
  schemaVersion: z.literal(1),
  interpreter: z.string(),
  pythonVersion: z.string(),
  extras: z.array(pythonExtraSchema),
  torchVersion: z.string().nullable(),
  /** Null for an adopted one, whose size is not measured. */
  sizeBytes: z.number().nullable(),
  /** sha256 of the requirement files it was made from; null if adopted. */
  requirementsSha256: z.string().nullable(),
  /** The TensorRT installed in it; null for other environments, absent in folders made by older versions. */
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

/** Null if there is none, or if it cannot be read. */
export async function readCommitment(file: string): Promise<Commitment | null> {
  try {
    return commitmentSchema.parse(JSON.parse((await readSmallText(file)) ?? ''))
  } catch {
    return null
  }
}

export async function writeCommitment(file: string, commitment: Commitment): Promise<void> {
  await writeAtomically(file, jsonText(commitment))
}

/** The commit marker goes first, so that a half-removed environment never looks complete. */
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

// Bytes of a folder's files; links are not followed. Files that vanish meanwhile count as 0.
export async function folderSizeBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  let total = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    total += await lstat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    )
  }
  return total
}

// One set-up of an environment at a time, across processes. The lock names its owner, so a lock left by a dead process
// is taken over.

/** Throws `python-setup-failed` if another process holds it, `not-writable` or `disk-full` if it cannot be made. */
export async function withEnvironmentLock<Result>(lockFile: string, work: () => Promise<Result>): Promise<Result> {
  await writing(lockFile, async () => {
    await mkdir(dirname(lockFile), { recursive: true })
    if (!(await isHeld(lockFile))) await rm(lockFile, { force: true })
    const mark = JSON.stringify(await thisProcess())
    await writeFile(lockFile, mark, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? heldByAnother() : error
    })
  })
  try {
    return await work()
  } finally {
    await rm(lockFile, { force: true })
  }
}

export async function isHeld(lockFile: string): Promise<boolean> {
  try {
    return await isAlive(processMarkSchema.parse(JSON.parse((await readSmallText(lockFile)) ?? '')))
  } catch {
    return false
  }
}

function heldByAnother(): BenchError {
  return new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message: 'Another set-up of this Python environment is running.',
    remedy: 'Wait until it ends, or cancel it in the process that started it.',
  })
}
