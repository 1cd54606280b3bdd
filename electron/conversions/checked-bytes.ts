// Hashing a file of hundreds of megabytes at every look would cost more than what the store saves, so what was hashed
// is remembered beside it with the file's size and times. A file that was written since has other times and is hashed
// again. What reads an engine to run it hashes it again all the same.
import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { artifactFiles, artifactSha256 } from './artifact-hash.ts'

const checkedName = 'checked.json'

export async function isWhole(artifact: Artifact): Promise<boolean> {
  try {
    const noted = await readFile(noteOf(artifact), 'utf8').catch(() => null)
    if (noted === (await noteText(artifact))) return true
    if ((await artifactSha256(artifact.file, artifact.kind)) !== artifact.sha256) return false
    await noteWhole(artifact)
    return true
  } catch {
    return false
  }
}

/** For one whose bytes were hashed where they were written. A note that cannot be written costs a second look. */
export async function noteWhole(artifact: Artifact): Promise<void> {
  await writeFile(noteOf(artifact), await noteText(artifact)).catch(() => {})
}

/** Reads every byte, whatever was noted. */
export async function isWholeByBytes(artifact: Artifact): Promise<boolean> {
  return (await artifactSha256(artifact.file, artifact.kind).catch(() => null)) === artifact.sha256
}

function noteOf({ file }: Artifact): string {
  return join(dirname(file), checkedName)
}

async function noteText(artifact: Artifact): Promise<string> {
  return JSON.stringify({ sha256: artifact.sha256, files: await identities(artifact) })
}

async function identities({ file, kind }: Artifact): Promise<readonly string[]> {
  const found: string[] = []
  for (const each of await artifactFiles(file, kind)) {
    const { size, mtimeNs, ctimeNs, ino } = await stat(each, { bigint: true })
    found.push([each, size, mtimeNs, ctimeNs, ino].join(' '))
  }
  return found
}
