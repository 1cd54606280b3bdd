// One artifact on disk: a folder named by its key with the file (or files of one stem), `log.txt`, `recipe.json` and,
// written last, `artifact.json`. A folder without that sidecar, or with one that does not fit its key, is no artifact.
// Paths that a sidecar records are not believed: the folder may have been moved.
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Artifact, artifactSchema } from '../../shared/domain/artifact.ts'

export const sidecarName = 'artifact.json'
export const logName = 'log.txt'
export const recipeName = 'recipe.json'
export const keyPattern = /^[0-9a-f]{64}$/

export async function readArtifact(store: string, key: string): Promise<Artifact | null> {
  if (!keyPattern.test(key)) return null
  const text = await readFile(join(store, key, sidecarName), 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = artifactSchema.safeParse(safeJson(text))
  if (!parsed.success || (parsed.data.key ?? key) !== key) return null
  const artifact = parsed.data
  const file = join(store, key, basename(artifact.file))
  if ((await stat(file).catch(() => null)) === null) return null
  return { ...artifact, key, file, logFile: artifact.logFile ? join(store, key, logName) : null }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
