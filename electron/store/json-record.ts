// Reads a record that is one JSON file and says what is wrong with one that cannot be read.
import { z } from 'zod'
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { errorCode } from './atomic-file.ts'
import { largestBytes, readTextFile } from './regular-file.ts'

export type OpenedRecord<Value> = { readonly value: Value } | { readonly problem: BenchErrorRecord }

export interface RecordKind<Value> {
  readonly schema: z.ZodType<Value>
  /** `the record of a conversion`. */
  readonly what: string
  /** What removing it costs, as the end of a sentence: `the artifacts that it made stay.` */
  readonly afterwards: string
}

/** Null if there is no such file. */
export async function openJsonRecord<Value>(
  file: string,
  kind: RecordKind<Value>,
): Promise<OpenedRecord<Value> | null> {
  const text = await readTextFile(file, largestBytes.small).catch((error: Error) => error)
  if (typeof text !== 'string') {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(text) ?? '')) return null
    return { problem: unreadableRecord(file, kind, text.message) }
  }
  const json = parsedJson(text)
  if (json instanceof Error) return { problem: unreadableRecord(file, kind, json.message) }
  const { data, error } = kind.schema.safeParse(json)
  return error === undefined ? { value: data } : { problem: unreadableRecord(file, kind, z.prettifyError(error)) }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}

export function unreadableRecord(
  file: string,
  { what, afterwards }: Pick<RecordKind<unknown>, 'what' | 'afterwards'>,
  cause: string,
): BenchErrorRecord {
  return {
    code: 'record-unreadable',
    stage: 'store',
    message: `${file} cannot be read as ${what}.`,
    remedy: `Restore the file from a copy, or remove it: ${afterwards}`,
    cause,
  }
}
