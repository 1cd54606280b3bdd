// The names of runs, groups, cases and conversions: parts of file names, of addresses in the window and of requests. The
// one definition of what they may be, so that whatever a record may hold can also be listed, asked for and opened.
import { z } from 'zod'

export const longestKey = 120

export const keySchema = z
  .string()
  .regex(/^[a-z0-9._-]+$/)
  .max(longestKey)

// A case that is planned twice: the key of the second copy ends in `.2`.

/** @param count which of the equal cases it is, from 1. */
export function keyOfCopy(name: string, count: number): string {
  return count === 1 ? name : `${name}.${count}`
}

/** Which copy a case is, `2` for the second of equal cases, and the key of the first; null for that one. */
export function copyOfKey(caseKey: string): { readonly name: string; readonly copy: string | null } {
  const [, name = caseKey, copy = null] = /^(.*)\.(\d+)$/.exec(caseKey) ?? []
  return { name, copy }
}
