// What is inside an engine or an ONNX file: its tensors, profiles and layers, as a worker reads them. Nothing is timed.
import { z } from 'zod'
import { pluginLibrarySchema } from './plugin.ts'

const shapeSchema = z.array(z.number().int())

/** An input or output of the whole file. -1 is a size that is chosen later. */
export const inspectedEndSchema = z.object({
  name: z.string(),
  mode: z.enum(['input', 'output']),
  /** `fp16`; null if it is not told. */
  type: z.string().nullable(),
  shape: shapeSchema,
  /** In the library's words: `Row-major linear FP32`; null for a graph. */
  format: z.string().nullable(),
  /** `device` or `host`; null for a graph. */
  location: z.string().nullable(),
})

export const inspectedProfileSchema = z.object({
  index: z.number().int().nonnegative(),
  input: z.string(),
  min: shapeSchema,
  opt: shapeSchema,
  max: shapeSchema,
})

export const inspectedLayerSchema = z.object({
  name: z.string(),
  /** In the library's words: `CaskConvolution`, `Reformat`; of a graph, the operator. */
  kind: z.string(),
  /** What it multiplies in, or what it gives if it multiplies nothing; null if it is not told. */
  type: z.string().nullable(),
  /** What told the type: `types of tensors`, `names of tactics`; null if nothing did. */
  evidence: z.string().nullable(),
  multiplies: z.boolean(),
  /** The kernel; null if it is not told. */
  tactic: z.string().nullable(),
  /** Shape, type and format of each input and output, `8x64x28x28 fp16`. */
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  /** Nodes of the ONNX graph that it computes. */
  onnxNodes: z.array(z.string()),
  /** Two for each multiplication and addition; null if shapes are not told. */
  operations: z.number().nonnegative().nullable(),
})
export type InspectedLayer = z.infer<typeof inspectedLayerSchema>

export const inspectionSchema = z.object({
  /** Whether these are an engine's layers or a graph's nodes. */
  of: z.enum(['engine', 'graph']),
  /** Shapes of the inputs that the layers were asked for; null for any. */
  shapes: z.string().nullable(),
  tensors: z.array(inspectedEndSchema),
  profiles: z.array(inspectedProfileSchema),
  /** In the order in which they run. */
  layers: z.array(inspectedLayerSchema),
  /** Library -> version that read it. */
  tools: z.record(z.string(), z.string()),
})
export type Inspection = z.infer<typeof inspectionSchema>

/** A file as it was inspected, with what runs have measured of it. */
export const inspectedFileSchema = z.object({
  /** For people: `tensorrt-engine 1a2b3c4d of digits, FP16`, `model.engine`. */
  name: z.string(),
  sha256: z.string().nullable(),
  inspection: inspectionSchema,
  /** Why this is not the engine itself but the graph it was built from; null if it is what was asked for. */
  instead: z.string().nullable(),
  /** The library of plugins of the user's that was loaded to open it; absent if none was. */
  plugin: pluginLibrarySchema.optional(),
  /** From the newest run that timed its layers; null if none did. */
  times: z
    .object({
      runId: z.string(),
      method: z.string(),
      /** Ms per query by layer. */
      ms: z.record(z.string(), z.number().nonnegative()),
      /** Of all layers, including those that are only summed. */
      totalMs: z.number().nonnegative(),
    })
    .nullable(),
})
export type InspectedFile = z.infer<typeof inspectedFileSchema>
