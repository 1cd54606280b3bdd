// Room on the disk of a folder, asked before much is written, or after a library failed for a reason that it does not
// tell. Sizes in bytes.
import { statfs } from 'node:fs/promises'
import { BenchError, type Stage } from '../../shared/domain/bench-error.ts'

/** With less than this, a library's small files cannot be written. */
const noRoomBytes = 256 * 1024

/** Throws BenchError `disk-full` if it is known that so much does not fit. */
export async function expectRoom(folder: string, neededBytes: number, stage: Stage): Promise<void> {
  const freeBytes = await freeBytesOf(folder)
  if (freeBytes === null || neededBytes <= freeBytes) return
  throw diskFull(stage, `${megabytes(neededBytes)} do not fit into ${folder}, which has ${megabytes(freeBytes)} free`)
}

/** Null if the folder has room, or does not tell. */
export async function noRoomIn(folder: string, stage: Stage, cause: string): Promise<BenchError | null> {
  const freeBytes = await freeBytesOf(folder)
  return freeBytes === null || freeBytes >= noRoomBytes ? null : diskFull(stage, `nothing fits into ${folder}`, cause)
}

async function freeBytesOf(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null)
  return found === null ? null : found.bavail * found.bsize
}

function diskFull(stage: Stage, what: string, cause: string | null = null): BenchError {
  return new BenchError({
    code: 'disk-full',
    stage,
    message: `The disk is full: ${what}.`,
    remedy: 'Free some space on its disk and start again. Files already written are kept.',
    cause,
  })
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}
