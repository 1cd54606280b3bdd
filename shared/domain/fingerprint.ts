// Everything about the machine that could explain a difference between two runs. `hash` covers all of it but itself.
import { z } from 'zod'

export const fingerprintSchema = z.object({
  hash: z.string(),
  machine: z.object({
    os: z.string(),
    kernel: z.string(),
    cpuModel: z.string(),
    physicalCores: z.number().int(),
    logicalCores: z.number().int(),
    memoryBytes: z.number().int(),
    cpuGovernor: z.string().nullable(),
    virtualMachine: z.boolean().nullable(),
    onBattery: z.boolean().nullable(),
    gpus: z.array(
      z.object({ name: z.string(), memoryBytes: z.number().int().nullable(), driver: z.string().nullable() }),
    ),
  }),
  /** Library -> version, as loaded by the workers of this run: `torch`, `onnxruntime`, `python`, `node`. */
  software: z.record(z.string(), z.string()),
  enginebenchVersion: z.string(),
})
export type Fingerprint = z.infer<typeof fingerprintSchema>
export type Machine = Fingerprint['machine']
