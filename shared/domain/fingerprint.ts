// Everything about the machine that could explain a difference between two runs. `hash` covers everything except
// itself. Values that change from minute to minute (free memory, current clocks) are not included. Facts marked
// `sinceStates` are missing in records of earlier versions; null means that a fact could not be read.
import { z } from 'zod'

const sinceStates = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().optional()
const limit = (amount: z.ZodNumber) => z.union([amount, z.literal('none')])

const gpuSchema = z.object({
  name: z.string(),
  memoryBytes: z.number().int().nullable(),
  driver: z.string().nullable(),
  uuid: sinceStates(z.string()),
  /** `9.0`. */
  computeCapability: sinceStates(z.string()),
  /** The configured limit, which may be below the board's maximum. */
  powerLimitWatts: sinceStates(z.number()),
  maxSmClockMhz: sinceStates(z.number()),
  maxMemoryClockMhz: sinceStates(z.number()),
  persistenceMode: sinceStates(z.boolean()),
  migMode: sinceStates(z.boolean()),
  eccMode: sinceStates(z.boolean()),
  /** The newest CUDA that the driver supports, `12.8`; not the one a library was built with. */
  driverCudaVersion: sinceStates(z.string()),
  displayActive: sinceStates(z.boolean()),
})

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
    /** Whether processors may clock above their base. */
    cpuBoost: sinceStates(z.boolean()),
    simultaneousMultithreading: sinceStates(z.boolean()),
    /** `always`, `madvise` or `never`. */
    transparentHugePages: sinceStates(z.string()),
    virtualMachine: z.boolean().nullable(),
    container: sinceStates(z.boolean()),
    /** Processors left by control groups, `1.5`. */
    cpuLimitCores: sinceStates(limit(z.number())),
    memoryLimitBytes: sinceStates(limit(z.number().int())),
    onBattery: z.boolean().nullable(),
    gpus: z.array(gpuSchema),
  }),
  /** Library -> version, as loaded by the workers of this run: `torch`, `onnxruntime`, `python`, `node`. */
  software: z.record(z.string(), z.string()),
  enginebenchVersion: z.string(),
})
export type Fingerprint = z.infer<typeof fingerprintSchema>
export type Machine = Fingerprint['machine']
export type Gpu = Machine['gpus'][number]

/**
 * Whether both are one machine, whatever changed on it: processor, memory (in whole GiB, since a kernel keeps some) and
 * cards. The fingerprint covers what may change: software, settings, clocks.
 */
export function isSameMachine(left: Machine, right: Machine): boolean {
  const hardware = ({ cpuModel, physicalCores, logicalCores, memoryBytes, gpus }: Machine) =>
    JSON.stringify([
      cpuModel,
      physicalCores,
      logicalCores,
      Math.round(memoryBytes / 1024 ** 3),
      gpus.map(({ name }) => name),
    ])
  const isSameCard = ({ uuid }: Gpu, other: Gpu | undefined) =>
    uuid == null || other?.uuid == null || uuid === other.uuid
  return hardware(left) === hardware(right) && left.gpus.every((gpu, index) => isSameCard(gpu, right.gpus[index]))
}
