// The hash of an artifact's bytes. A single file has its own; files that share a stem are hashed over the line
// `name sha256` of each, in name order, as the workers do it. Throws what reading throws.

import { readdir } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import type { ArtifactKind } from '../../shared/domain/artifact-kind.ts'
import { fileSha256, textSha256 } from '../inputs/file-hash.ts'

export async function artifactSha256(file: string, kind: ArtifactKind): Promise<string> {
  const files = await artifactFiles(file, kind)
  const [only] = files
  if (files.length === 1 && only !== undefined) return fileSha256(only)
  const lines: string[] = []
  for (const each of files) lines.push(`${parse(each).base} ${await fileSha256(each)}\n`)
  return textSha256(lines.join(''))
}

/** Absolute, in name order. An ONNX file is one file here: the data it keeps outside is named by it, and copied with it. */
export async function artifactFiles(file: string, kind: ArtifactKind): Promise<readonly string[]> {
  if (kind === 'onnx') return [file]
  const folder = dirname(file)
  const stem = parse(file).name
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${stem}.`)).sort(byCodePoint)
  return names.map((name) => join(folder, name))
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
