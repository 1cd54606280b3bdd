// A user's library of TensorRT plugins: native code that runs in every process that builds, opens or inspects an engine
// that needs it. It is told by its hash; what is loaded is a private copy of what the user trusted.
import { z } from 'zod'

export const pluginLibrarySchema = z.object({
  /** Name of the user's file, for people. */
  name: z.string().min(1).max(255),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PluginLibrary = z.infer<typeof pluginLibrarySchema>

/** With its private copy: absolute, on this machine. */
export const pluginFileSchema = pluginLibrarySchema.extend({ file: z.string() })
export type PluginFile = z.infer<typeof pluginFileSchema>

/** What TensorRT's parser looks an operator up by in its registry of plugins; the operator's domain does not count. */
export const registeredOperatorSchema = z.object({
  name: z.string(),
  version: z.string(),
  namespace: z.string(),
  /** Whether the user's library brought it; false for TensorRT's own. */
  ofLibrary: z.boolean(),
})
export type RegisteredOperator = z.infer<typeof registeredOperatorSchema>

/** An operator of a model that only a plugin computes. */
export const pluginOperatorSchema = z.object({
  /** With its domain: `my.company::Sharpen`. */
  operator: z.string(),
  nodes: z.number().int().positive(),
  /** Whose plugin computes it; null if no registry was asked. */
  ofLibrary: z.boolean().nullable(),
})
export type PluginOperator = z.infer<typeof pluginOperatorSchema>

/** `libcustom.so 1a2b3c4d5e6f`, for people. */
export function pluginWords({ name, sha256 }: PluginLibrary): string {
  return `${name} ${sha256.slice(0, 12)}`
}
