// One artifact on disk: a folder named by its key with its files in `content`, `log.txt`, `recipe.json` and, written last,
// `artifact.json`. Its files have a folder of their own because a model names its external data as it likes, even
// `artifact.json`. In an older artifact they lie beside the sidecar. A folder whose sidecar is missing or does not match
// its key is not an artifact. Recorded paths are not trusted: the folder may have been moved.
import { readdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, parse } from 'node:path'
import { type Artifact, artifactSchema } from '../../shared/domain/artifact.ts'
import type { ArtifactKind } from '../../shared/domain/artifact-kind.ts'
import { fileSha256, textSha256 } from '../inputs/file-hash.ts'
import { externalFiles, modelFilesSha256 } from '../inputs/model-files.ts'
import { type OpenedRecord, openJsonRecord, type RecordKind, unreadableRecord } from '../store/json-record.ts'
import { readSmallText } from '../store/regular-file.ts'
import { isWholePlugin } from './plugin-library.ts'

export const sidecarName = 'artifact.json'
export const logName = 'log.txt'
export const recipeName = 'recipe.json'
export const contentName = 'content'
export const keyPattern = /^[0-9a-f]{64}$/

/** Null if there is no artifact of this key, or none that can be read. */
export async function readArtifact(store: string, key: string): Promise<Artifact | null> {
  const found = await openArtifact(store, key)
  return found !== null && 'value' in found ? found.value : null
}

const artifactRecord: RecordKind<Artifact> = {
  ...{ schema: artifactSchema, what: 'the record of an artifact' },
  afterwards: 'converting the model again makes the artifact again.',
}

/** Null if there is none: a folder without its sidecar is what a killed build left. */
export async function openArtifact(store: string, key: string): Promise<OpenedRecord<Artifact> | null> {
  if (!keyPattern.test(key)) return null
  const sidecar = join(store, key, sidecarName)
  const opened = await openJsonRecord(sidecar, artifactRecord)
  if (opened === null || 'problem' in opened) return opened
  const artifact = opened.value
  const file = join(store, key, hasOwnFolder(artifact.file) ? contentName : '.', basename(artifact.file))
  const isThere = (await stat(file).catch(() => null)) !== null
  const isOther = (artifact.key ?? key) !== key
  if (isOther || !isThere) {
    const cause = isOther ? `It names another artifact: ${artifact.key}.` : `${file} is gone.`
    return { problem: unreadableRecord(sidecar, artifactRecord, cause) }
  }
  return {
    value: {
      ...artifact,
      key,
      file,
      logFile: artifact.logFile ? join(store, key, logName) : null,
      ...(artifact.plugin && {
        plugin: { ...artifact.plugin, file: join(dirname(file), basename(artifact.plugin.file)) },
      }),
    },
  }
}

function hasOwnFolder(file: string): boolean {
  return basename(dirname(file)) === contentName
}

/** The folder of the sidecar. */
export function artifactRoot({ file }: Pick<Artifact, 'file'>): string {
  return hasOwnFolder(file) ? dirname(dirname(file)) : dirname(file)
}

// The hash of an artifact's bytes. A single file has its own hash; several files of one stem are hashed over the line
// `name sha256` of each, in name order, as the workers do; a model has one hash with its external data. Throws what
// reading throws.
export async function artifactSha256(file: string, kind: ArtifactKind): Promise<string> {
  if (kind === 'onnx') return hasOwnFolder(file) ? modelFilesSha256(file) : fileSha256(file)
  const files = await artifactFiles(file, kind)
  const [only] = files
  if (files.length === 1 && only !== undefined) return fileSha256(only)
  const lines: string[] = []
  for (const each of files) lines.push(`${parse(each).base} ${await fileSha256(each)}\n`)
  return textSha256(lines.join(''))
}

/** Absolute. A model comes first, then its external data; files of one stem are in name order. */
export async function artifactFiles(file: string, kind: ArtifactKind): Promise<readonly string[]> {
  const folder = dirname(file)
  if (kind === 'onnx') {
    return hasOwnFolder(file)
      ? [file, ...(await externalFiles(file)).map((location) => join(folder, location))]
      : [file]
  }
  const stem = parse(file).name
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${stem}.`)).sort(byCodePoint)
  return names.map((name) => join(folder, name))
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

// Hashing hundreds of megabytes at each look would cost more than the store saves, so the hash is stored next to the
// file with its size and times. A file written since has other times and is hashed again. Whatever reads an engine to
// run it always hashes it again.
const checkedName = 'checked.json'

export async function isWhole(artifact: Artifact): Promise<boolean> {
  try {
    const noted = await readSmallText(noteOf(artifact))
    if (noted === (await noteText(artifact))) return true
    if (!(await isWholeByBytes(artifact))) return false
    await noteWhole(artifact)
    return true
  } catch {
    return false
  }
}

/** For a file that was hashed while it was written. If the note cannot be written, the file is hashed again. */
export async function noteWhole(artifact: Artifact): Promise<void> {
  await writeFile(noteOf(artifact), await noteText(artifact)).catch(() => {})
}

/** Reads every byte, also of the plugin library that it needs, whatever the note says. */
export async function isWholeByBytes(artifact: Artifact): Promise<boolean> {
  if ((await artifactSha256(artifact.file, artifact.kind).catch(() => null)) !== artifact.sha256) return false
  return artifact.plugin === undefined || isWholePlugin(artifact.plugin)
}

function noteOf(artifact: Artifact): string {
  return join(artifactRoot(artifact), checkedName)
}

async function noteText(artifact: Artifact): Promise<string> {
  return JSON.stringify({ sha256: artifact.sha256, files: await identities(artifact) })
}

async function identities({ file, kind, plugin }: Artifact): Promise<readonly string[]> {
  const found: string[] = []
  for (const each of [...(await artifactFiles(file, kind)), ...(plugin ? [plugin.file] : [])]) {
    const { size, mtimeNs, ctimeNs, ino } = await stat(each, { bigint: true })
    found.push([each, size, mtimeNs, ctimeNs, ino].join(' '))
  }
  return found
}
