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

/** `libcustom.so 1a2b3c4d5e6f`, for people. */
export function pluginWords({ name, sha256 }: PluginLibrary): string {
  return `${name} ${sha256.slice(0, 12)}`
}
