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
    const note = join(dirname(artifact.file), checkedName)
    const now = JSON.stringify({ sha256: artifact.sha256, files: await identities(artifact) })
    if ((await readFile(note, 'utf8').catch(() => null)) === now) return true
    if ((await artifactSha256(artifact.file, artifact.kind)) !== artifact.sha256) return false
    await writeFile(note, now).catch(() => {})
    return true
  } catch {
    return false
  }
}

/** Reads every byte, whatever was noted. */
export async function isWholeByBytes(artifact: Artifact): Promise<boolean> {
  return (await artifactSha256(artifact.file, artifact.kind).catch(() => null)) === artifact.sha256
}

async function identities({ file, kind }: Artifact): Promise<readonly string[]> {
  const found: string[] = []
  for (const each of await artifactFiles(file, kind)) {
    const { size, mtimeNs, ctimeNs, ino } = await stat(each, { bigint: true })
    found.push([each, size, mtimeNs, ctimeNs, ino].join(' '))
  }
  return found
}
