// Messages from a worker to the supervisor. For Python: one JSON object a line on descriptor 3; stdout and stderr
// are log, never protocol. The first message is `hello`; a line over 4 MiB, or one that does not fit this schema,
// ends the worker with `protocol-violation`. Samples come in blocks, never one message an iteration.
// Absolute host times are CLOCK_MONOTONIC nanoseconds (perf_counter_ns, process.hrtime.bigint), the same clock in
// every process of this machine; the recorder turns them into time from the run's start.
import { z } from 'zod'
import { stageTimesSchema } from '../domain/analyzer.ts'
import {
  artifactKindSchema,
  keptOperatorSchema,
  layerSensitivitySchema,
  precisionSharesSchema,
} from '../domain/artifact.ts'
import { backendStatusSchema } from '../domain/backend.ts'
import { benchErrorSchema } from '../domain/bench-error.ts'
import { buildPhaseSchema, logEntrySchema } from '../domain/conversion.ts'
import { layerTimeSchema, mostLayers } from '../domain/layer-times.ts'
import { devicePeakSchema, modelWorkSchema } from '../domain/limits.ts'
import { weightsOriginSchema } from '../domain/model.ts'
import { parityFiguresSchema } from '../domain/parity.ts'
import { precisionSchema } from '../domain/precision.ts'
import { precisionProofSchema } from '../domain/precision-proof.ts'
import { steadinessSchema } from '../domain/run.ts'
import { partTimeSchema } from '../domain/time-split.ts'

export const maximumLineBytes = 4 * 1024 * 1024
export const heartbeatIntervalMs = 1000

const id = z.number().int().positive()
/** Past 2^53 ns (a machine up for 104 days) a JSON number is off by a nanosecond or two, so not held to be a safe integer. */
const hostClockNs = z.number().nonnegative().refine(Number.isInteger, 'not a whole number')
const bytesOrReason = z.union([
  z.object({ value: z.number().int().nonnegative() }),
  z.object({ value: z.null(), reason: z.string().min(1) }),
])

export const workerMessageSchema = z.discriminatedUnion('message', [
  z.object({
    message: z.literal('hello'),
    protocolVersion: z.number().int(),
    workerVersion: z.string(),
    pid: z.number().int().positive(),
    /** `python 3.11.7`, `node 20.18.1`. */
    runtime: z.string(),
  }),
  /** Every second from a thread of its own. `progress` counts queries and steps done: alive but stuck is told apart from dead. */
  z.object({ message: z.literal('heartbeat'), progress: z.number().int().nonnegative() }),
  z.object({
    message: z.literal('progress'),
    id,
    fraction: z.number().min(0).max(1).nullable(),
    text: z.string(),
    /** A builder's, innermost last. At most 10 of these messages a second. */
    phases: z.array(buildPhaseSchema).optional(),
    /** New log lines of level info and above; repeated ones folded. */
    entries: z.array(logEntrySchema).optional(),
  }),
  z.object({ message: z.literal('backends-described'), id, backends: z.array(backendStatusSchema) }),
  z.object({
    message: z.literal('model-inspected'),
    id,
    opset: z.number().int(),
    /** Graph inputs that are not initializers. A dimension is its size, or its symbolic name. */
    inputs: z.array(
      z.object({ name: z.string(), dtype: z.string(), dimensions: z.array(z.union([z.number().int(), z.string()])) }),
    ),
    outputs: z.array(z.string()).min(1),
    /** Files of external data beside the model, relative to its folder; their bytes are part of the hash. */
    externalFiles: z.array(z.string()),
    /** What most of its weights are stored as; says nothing of what will be computed. */
    storedPrecision: precisionSchema,
    /** Over the file alone, or over the file and its external data where it has any. */
    sha256: z.string(),
  }),
  z.object({
    message: z.literal('inputs-prepared'),
    id,
    shape: z.array(z.number().int().positive()).length(4),
    sha256: z.string(),
    used: z.array(z.string()),
    skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  }),
  z.object({
    message: z.literal('weights-resolved'),
    id,
    origin: weightsOriginSchema,
    folder: z.string().nullable(),
    /** sha256 over the weights file; null for seeded ones. */
    sha256: z.string().nullable(),
    /** Why this origin: `the hub could not be reached: …`. */
    reason: z.string(),
  }),
  z.object({
    message: z.literal('exported'),
    id,
    sha256: z.string(),
    sizeBytes: z.number().int().positive(),
    buildTimeMs: z.number().nonnegative(),
    opset: z.number().int(),
    nodeCount: z.number().int().positive(),
    comparisons: z.array(z.object({ batchSize: z.number().int().positive(), figures: parityFiguresSchema })),
    tools: z.record(z.string(), z.string()),
  }),
  z.object({
    message: z.literal('onnx-checked'),
    id,
    opset: z.number().int(),
    nodeCount: z.number().int().positive(),
    /** Operator -> how many nodes. */
    operators: z.record(z.string(), z.number().int().positive()),
    parameterCount: z.number().int().nonnegative(),
  }),
  z.object({
    message: z.literal('onnx-converted'),
    id,
    sha256: z.string(),
    sizeBytes: z.number().int().positive(),
    buildTimeMs: z.number().nonnegative(),
    opset: z.number().int(),
    nodeCount: z.number().int().positive(),
    keptInFp32: z.array(keptOperatorSchema),
    /** Nodes between Q and DQ; 0 but for INT8. */
    quantizedNodeCount: z.number().int().nonnegative(),
    /** Shares of nodes by the type of what they give, and of weight bytes by type. */
    layerPrecision: precisionSharesSchema,
    weightPrecision: precisionSharesSchema,
    tools: z.record(z.string(), z.string()),
  }),
  z.object({ message: z.literal('sensitivity-measured'), id, layers: z.array(layerSensitivitySchema) }),
  z.object({
    message: z.literal('engine-built'),
    id,
    /** What the loaded library really makes, which may not be what was asked for. */
    kind: artifactKindSchema,
    sha256: z.string(),
    sizeBytes: z.number().int().positive(),
    buildTimeMs: z.number().nonnegative(),
    precisionProof: precisionProofSchema,
    layerPrecision: precisionSharesSchema,
    weightPrecision: precisionSharesSchema,
    activationBytes: bytesOrReason,
    weightBytes: bytesOrReason,
    /** As read back from the library. */
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    tools: z.record(z.string(), z.string()),
    /** GPU, compute capability and driver that it is bound to; null where it runs anywhere. */
    machine: z.string().nullable(),
  }),
  z.object({
    message: z.literal('prepared'),
    id,
    loadMs: z.number().nonnegative(),
    precisionProof: precisionProofSchema,
    engineDeclaredBytes: bytesOrReason,
    /** Threads as read back from the library. */
    threads: z.number().int().positive().nullable(),
    versions: z.record(z.string(), z.string()),
  }),
  z.object({ message: z.literal('warmed'), id, steadiness: steadinessSchema }),
  z.object({
    message: z.literal('block'),
    id,
    startedAtNs: hostClockNs,
    endedAtNs: hostClockNs,
    latenciesMs: z.array(z.number().positive().finite()).min(1),
  }),
  z.object({
    message: z.literal('memory'),
    id,
    allocatorPeakBytes: bytesOrReason,
    processPeakBytes: bytesOrReason,
  }),
  z.object({
    message: z.literal('cold-started'),
    id,
    importMs: z.number().nonnegative().nullable(),
    contextMs: z.number().nonnegative().nullable(),
    loadMs: z.number().nonnegative(),
    firstQueryMs: z.number().positive(),
    secondQueryMs: z.number().positive(),
    /** Sentences: which caches this start could use. */
    caches: z.array(z.string()),
  }),
  z.object({
    message: z.literal('sustained'),
    id,
    startedAtNs: hostClockNs,
    endedAtNs: hostClockNs,
    queries: z.number().int().positive(),
  }),
  z.object({
    message: z.literal('served'),
    id,
    startedAtNs: hostClockNs,
    endedAtNs: hostClockNs,
    /** From arrival to answer, in the order of arrival. */
    latenciesMs: z.array(z.number().positive().finite()).min(1),
  }),
  z.object({ message: z.literal('time-split'), id, method: z.string(), parts: z.array(partTimeSchema) }),
  z.object({
    message: z.literal('layers-profiled'),
    id,
    method: z.string(),
    clock: z.enum(['host', 'device']).optional(),
    /** Costliest first, at most `mostLayers`. */
    layers: z.array(layerTimeSchema).max(mostLayers),
    otherLayers: z.number().int().nonnegative(),
    otherMs: z.number().nonnegative(),
  }),
  z.object({ message: z.literal('work-counted'), id, work: modelWorkSchema }),
  z.object({
    message: z.literal('peak-measured'),
    id,
    peak: devicePeakSchema,
    versions: z.record(z.string(), z.string()),
  }),
  z.object({
    message: z.literal('outputs-written'),
    id,
    outputs: z.array(
      z.object({ name: z.string(), file: z.string(), sha256: z.string(), shape: z.array(z.number().int()) }),
    ),
  }),
  z.object({
    message: z.literal('video-opened'),
    id,
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    codec: z.string(),
    frameRate: z.number().positive().nullable(),
    durationS: z.number().positive().nullable(),
  }),
  z.object({
    message: z.literal('video-analyzed'),
    id,
    startedAtNs: hostClockNs,
    endedAtNs: hostClockNs,
    /** 0 only at the end. */
    frames: z.number().int().nonnegative(),
    results: z.number().int().nonnegative(),
    /** Of each batch: all stages together, and inference alone. */
    latenciesMs: z.array(z.number().positive().finite()),
    inferMs: z.array(z.number().positive().finite()),
    stageMs: stageTimesSchema,
    /** Where the last decoded frame ends, taken or not. */
    positionS: z.number().nonnegative(),
    framesSha256: z.string().nullable(),
    isEnd: z.boolean(),
    /** Why decoding ended before the file did; null where it did not. */
    problem: z.string().nullable(),
  }),
  z.object({ message: z.literal('failed'), id, error: benchErrorSchema }),
  z.object({ message: z.literal('cancelled'), id }),
])
export type WorkerMessage = z.infer<typeof workerMessageSchema>
export type WorkerMessageOf<Name extends WorkerMessage['message']> = Extract<WorkerMessage, { message: Name }>
