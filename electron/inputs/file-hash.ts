// sha256 of a regular file's bytes, streamed, and of small values. Hex, lower case.
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { openRegularFile } from '../store/regular-file.ts'

export async function fileSha256(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const handle = await openRegularFile(file)
  await pipeline(handle.createReadStream(), hash, signal === undefined ? {} : { signal })
  return hash.digest('hex')
}

/** Key order matters: callers build the value in one place. */
export function valueSha256(value: unknown): string {
  return textSha256(JSON.stringify(value))
}

export function textSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
