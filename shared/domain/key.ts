// The names of runs, groups, cases and conversions: parts of file names, of addresses in the window and of requests. The
// one definition of what they may be, so that whatever a record may hold can also be listed, asked for and opened.
import { z } from 'zod'

export const longestKey = 120

export const keySchema = z
  .string()
  .regex(/^[a-z0-9._-]+$/)
  .max(longestKey)
