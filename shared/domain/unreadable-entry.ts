// Something in the data folder that cannot be listed with its kind, since what it says cannot be read: where it lies, and
// what is wrong with it. It keeps nothing else from being listed.
import { z } from 'zod'
import { benchErrorSchema } from './bench-error.ts'

export const unreadableKindSchema = z.enum(['run', 'artifact', 'conversion', 'noise-floor'])
export type UnreadableKind = z.infer<typeof unreadableKindSchema>

export const unreadableEntrySchema = z.object({
  kind: unreadableKindSchema,
  /** Absolute; a folder, or the file of a noise floor. */
  path: z.string(),
  problem: benchErrorSchema,
})
export type UnreadableEntry = z.infer<typeof unreadableEntrySchema>
