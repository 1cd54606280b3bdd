// Every request that a worker answers, one entry each: its parameters, its result, the stage it belongs to and how
// long a worker may take. The wire format, the supervisor, both workers' types and Python's dataclasses derive from this
// table. Units: milliseconds, nanoseconds, bytes. Tensors do not travel: they are .npy files named by absolute path.
// Absolute host times are CLOCK_MONOTONIC nanoseconds (perf_counter_ns, process.hrtime.bigint), the same clock in
// every process of this machine; the recorder turns them into time since the start of the run.
import { z } from 'zod'
import { frameSamplingSchema, stageTimesSchema } from '../domain/analyzer.ts'
import {
  artifactKindSchema,
  keptOperatorSchema,
  layerSensitivitySchema,
  precisionSharesSchema,
} from '../domain/artifact.ts'
import { backendIdSchema, backendStatusSchema } from '../domain/backend.ts'
import type { Stage } from '../domain/bench-error.ts'
import { layerTimeSchema, mostLayers } from '../domain/layer-times.ts'
import { devicePeakSchema, modelWorkSchema } from '../domain/limits.ts'
import { modelManifestSchema, weightsOriginSchema } from '../domain/model.ts'
import { parityFiguresSchema } from '../domain/parity.ts'
import { precisionSchema } from '../domain/precision.ts'
import { precisionProofSchema } from '../domain/precision-proof.ts'
import { calibrationMethodSchema, engineOptionsSchema, optimizationRangeSchema } from '../domain/recipe.ts'
import { steadinessSchema } from '../domain/run.ts'
import { partTimeSchema } from '../domain/time-split.ts'
import { resolvedWeightsSchema, workerCaseSchema, workerDeviceSchema } from '../domain/worker-case.ts'

export interface RequestDefinition {
  readonly stage: Stage
  /** Longest time without a heartbeat. */
  readonly silenceMs: number
  /** Longest time with heartbeats but the same progress number. */
  readonly stuckMs: number
  /** Cancelling must take effect within 2 s, whatever the library does: the process is ended (SIGTERM), not asked. */
  readonly endsSoon?: true
  readonly parameters: z.ZodObject
  /** Name of the message that carries the result. */
  readonly answer: string
  readonly result: z.ZodObject
}

const second = 1000
const minute = 60 * second
/** Loading a library may hold Python's interpreter lock for many seconds on a cold disk. */
const loading = { silenceMs: minute, stuckMs: 10 * minute }
const measuring = { silenceMs: 5 * second, stuckMs: 2 * minute }

/** Past 2^53 ns (a machine up for 104 days) a JSON number is off by a nanosecond or two: whole, but not a safe integer. */
const hostClockNs = z.number().nonnegative().refine(Number.isInteger, 'not a whole number')
export const bytesOrReasonSchema = z.union([
  z.object({ value: z.number().int().nonnegative() }),
  z.object({ value: z.null(), reason: z.string().min(1) }),
])
const latenciesMs = z.array(z.number().positive().finite())
const versions = z.record(z.string(), z.string())
const tensorShape = z.array(z.number().int().positive()).length(4)

/** Images to calibrate INT8 on: float32 .npy, shape [images, channels, height, width], preprocessed. */
export const calibrationArraySchema = z.object({ file: z.string(), method: calibrationMethodSchema })
export const keptByRuleSchema = z.object({ operator: z.string(), reason: z.string() })
export const batchComparisonSchema = z.object({
  batchSize: z.number().int().positive(),
  figures: parityFiguresSchema,
})
export const writtenOutputSchema = z.object({
  name: z.string(),
  file: z.string(),
  sha256: z.string(),
  shape: z.array(z.number().int()),
})
export const skippedFileSchema = z.object({ file: z.string(), reason: z.string() })

const convertedGraphSchema = z.object({
  sha256: z.string(),
  sizeBytes: z.number().int().positive(),
  buildTimeMs: z.number().nonnegative(),
  opset: z.number().int(),
  nodeCount: z.number().int().positive(),
  keptInFp32: z.array(keptOperatorSchema),
  /** Nodes between Q and DQ; 0 except for INT8. */
  quantizedNodeCount: z.number().int().nonnegative(),
  /** Shares of nodes by the type of their output, and of weight bytes by type. */
  layerPrecision: precisionSharesSchema,
  weightPrecision: precisionSharesSchema,
  tools: versions,
})

export const requests = {
  /** Must not import more heavy libraries than it needs to answer. */
  'describe-backends': {
    ...{ stage: 'setup', silenceMs: minute, stuckMs: 3 * minute },
    parameters: z.object({}),
    answer: 'backends-described',
    result: z.object({ backends: z.array(backendStatusSchema) }),
  },
  /**
   * Reads an ONNX file (never runs it), refuses what is unsafe and writes exactly the bytes it checked as `model.onnx`
   * and its external data into `copyFolder`, an empty folder. Node worker only.
   */
  'inspect-model': {
    ...{ stage: 'load', silenceMs: 5 * second, stuckMs: 2 * minute },
    parameters: z.object({ file: z.string(), copyFolder: z.string() }),
    answer: 'model-inspected',
    result: z.object({
      opset: z.number().int(),
      /** Graph inputs that are not initializers. A dimension is its size, or its symbolic name. */
      inputs: z.array(
        z.object({ name: z.string(), dtype: z.string(), dimensions: z.array(z.union([z.number().int(), z.string()])) }),
      ),
      outputs: z.array(z.string()).min(1),
      /** Files of external data beside the model, relative to its folder; their bytes are part of the hash. */
      externalFiles: z.array(z.string()),
      /** What most of its weights are stored as; says nothing about what will be computed. */
      storedPrecision: precisionSchema,
      /** Over the file and, where it has any, its external data. */
      sha256: z.string(),
    }),
  },
  /** Decodes (EXIF orientation applied), preprocesses per manifest, writes one .npy into `outFile`. */
  'prepare-inputs': {
    ...{ stage: 'inputs', silenceMs: minute, stuckMs: 2 * minute },
    parameters: z.object({
      model: modelManifestSchema,
      height: z.number().int().positive(),
      width: z.number().int().positive(),
      files: z.array(z.string()),
      /** Stop after this many readable images. */
      limit: z.number().int().positive(),
      outFile: z.string(),
    }),
    answer: 'inputs-prepared',
    result: z.object({
      shape: tensorShape,
      sha256: z.string(),
      used: z.array(z.string()),
      skipped: z.array(skippedFileSchema),
    }),
  },
  /** `auto`: hub, else seeded. `hub` and `folder` never fall back. */
  'resolve-weights': {
    ...{ stage: 'load', ...loading },
    parameters: z.object({
      model: modelManifestSchema,
      modelFolder: z.string(),
      choice: z.enum(['auto', 'hub', 'folder', 'seeded']),
      folder: z.string().nullable(),
      seed: z.number().int().nonnegative(),
    }),
    answer: 'weights-resolved',
    result: z.object({
      origin: weightsOriginSchema,
      folder: z.string().nullable(),
      /** sha256 over the weights file; null for seeded weights. */
      sha256: z.string().nullable(),
      /** Why this origin, e.g. `the hub could not be reached: …`. */
      reason: z.string(),
    }),
  },
  /** FP32 ONNX with a dynamic batch (and size where the manifest says so), opset asserted, checked, compared. */
  'export-onnx': {
    ...{ stage: 'export', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
    parameters: z.object({
      model: modelManifestSchema,
      modelFolder: z.string(),
      weights: resolvedWeightsSchema,
      opset: z.number().int().min(14).max(20),
      /** .npy of preprocessed images for the comparison with PyTorch at batch 1, 3 and 8. */
      inputFile: z.string(),
      outFile: z.string(),
    }),
    answer: 'exported',
    result: z.object({
      sha256: z.string(),
      sizeBytes: z.number().int().positive(),
      buildTimeMs: z.number().nonnegative(),
      opset: z.number().int(),
      nodeCount: z.number().int().positive(),
      comparisons: z.array(batchComparisonSchema),
      tools: versions,
    }),
  },
  /** Finds what a builder wrongly accepts: an empty graph, an unknown opset, zero sizes, weights that are not finite. */
  'check-onnx': {
    ...{ stage: 'load', silenceMs: minute, stuckMs: 5 * minute },
    parameters: z.object({ file: z.string() }),
    answer: 'onnx-checked',
    result: z.object({
      opset: z.number().int(),
      nodeCount: z.number().int().positive(),
      /** Operator -> number of nodes. */
      operators: z.record(z.string(), z.number().int().positive()),
      parameterCount: z.number().int().nonnegative(),
    }),
  },
  /** Folds and prunes the graph; the same file gives the same bytes. */
  'simplify-onnx': {
    ...{ stage: 'simplify', silenceMs: minute, stuckMs: 10 * minute, endsSoon: true },
    parameters: z.object({ inFile: z.string(), outFile: z.string() }),
    answer: 'onnx-converted',
    result: convertedGraphSchema,
  },
  /**
   * Changes the precision by transforming the graph: inputs and outputs stay float32; `keepOperators` and `keepNodes`
   * stay FP32. INT8 is symmetric Q/DQ on MatMul, Conv and Gemm, and needs `calibration`.
   */
  'convert-precision': {
    ...{ stage: 'precision', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
    parameters: z.object({
      inFile: z.string(),
      outFile: z.string(),
      precision: z.enum(['fp16', 'bf16', 'int8']),
      elsewhere: z.enum(['fp32', 'fp16']),
      keepOperators: z.array(keptByRuleSchema),
      keepNodes: z.array(z.string()),
      calibration: calibrationArraySchema.nullable(),
    }),
    answer: 'onnx-converted',
    result: convertedGraphSchema,
  },
  /** Each layer alone in INT8 compared with FP32, on the images of `inputFile`. */
  'measure-sensitivity': {
    ...{ stage: 'calibrate', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
    parameters: z.object({
      /** The FP32 file that INT8 was made from. */
      inFile: z.string(),
      keepOperators: z.array(keptByRuleSchema),
      keepNodes: z.array(z.string()),
      calibration: calibrationArraySchema,
      inputFile: z.string(),
      outputs: z.array(z.string()),
    }),
    answer: 'sensitivity-measured',
    result: z.object({ layers: z.array(layerSensitivitySchema) }),
  },
  /**
   * Parses and builds; runs nothing. `progress` carries phases and log. Writes `outFile` whole or not at all, and every
   * line of the library's log into `logFile`.
   */
  'build-engine': {
    ...{ stage: 'build', silenceMs: 5 * minute, stuckMs: 120 * minute, endsSoon: true },
    parameters: z.object({
      backend: backendIdSchema,
      model: modelManifestSchema,
      onnxFile: z.string(),
      outFile: z.string(),
      logFile: z.string(),
      /** The label that the proof must support. */
      precision: precisionSchema,
      batch: optimizationRangeSchema,
      /** Pixels, height and width alike; null keeps the manifest's. */
      size: optimizationRangeSchema.nullable(),
      options: engineOptionsSchema,
      /** Read where it exists, written after a build; null for no cache. */
      timingCacheFile: z.string().nullable(),
      /** For builders that calibrate themselves (OpenVINO); null elsewhere. */
      calibration: calibrationArraySchema.nullable(),
      threads: z.number().int().positive(),
    }),
    answer: 'engine-built',
    result: z.object({
      /** What the loaded library really makes, which may differ from what was asked for. */
      kind: artifactKindSchema,
      sha256: z.string(),
      sizeBytes: z.number().int().positive(),
      buildTimeMs: z.number().nonnegative(),
      precisionProof: precisionProofSchema,
      layerPrecision: precisionSharesSchema,
      weightPrecision: precisionSharesSchema,
      activationBytes: bytesOrReasonSchema,
      weightBytes: bytesOrReasonSchema,
      /** As read back from the library. */
      options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      tools: versions,
      /** GPU, compute capability and driver that the engine is bound to; null where it runs anywhere. */
      machine: z.string().nullable(),
    }),
  },
  /** Loads one case and keeps it resident. At most once per process. */
  prepare: {
    ...{ stage: 'load', ...loading },
    parameters: z.object({ case: workerCaseSchema }),
    answer: 'prepared',
    result: z.object({
      loadMs: z.number().nonnegative(),
      precisionProof: precisionProofSchema,
      engineDeclaredBytes: bytesOrReasonSchema,
      /** Threads as read back from the library. */
      threads: z.number().int().positive().nullable(),
      versions,
    }),
  },
  /** Runs until steady or `capMs`; never more than `capMs` plus one query. */
  warmup: {
    ...{ stage: 'warmup', ...measuring },
    parameters: z.object({
      minimumIterations: z.number().int().positive(),
      minimumMs: z.number().nonnegative(),
      capMs: z.number().positive(),
    }),
    answer: 'warmed',
    result: z.object({ steadiness: steadinessSchema }),
  },
  /** Runs until `targetMs` and `minimumSamples` are both reached, but stops at `capMs` once it has `floorSamples`. */
  'measure-block': {
    ...{ stage: 'measure', ...measuring },
    parameters: z.object({
      targetMs: z.number().positive(),
      minimumSamples: z.number().int().positive(),
      capMs: z.number().positive(),
      floorSamples: z.number().int().positive(),
    }),
    answer: 'block',
    result: z.object({ startedAtNs: hostClockNs, endedAtNs: hostClockNs, latenciesMs: latenciesMs.min(1) }),
  },
  /** Runs `iterations` queries, then reads the peaks of this process and its allocator. */
  'measure-memory': {
    ...{ stage: 'memory', ...measuring },
    parameters: z.object({ iterations: z.number().int().positive() }),
    answer: 'memory',
    result: z.object({ allocatorPeakBytes: bytesOrReasonSchema, processPeakBytes: bytesOrReasonSchema }),
  },
  /**
   * Instead of `prepare`, in a process that has done nothing else: imports, opens the device, loads and answers two
   * queries, each timed. Proves no precision. The worker is closed afterwards.
   */
  'cold-start': {
    ...{ stage: 'cold-start', ...loading },
    parameters: z.object({ case: workerCaseSchema }),
    answer: 'cold-started',
    result: z.object({
      importMs: z.number().nonnegative().nullable(),
      contextMs: z.number().nonnegative().nullable(),
      loadMs: z.number().nonnegative(),
      firstQueryMs: z.number().positive(),
      secondQueryMs: z.number().positive(),
      /** Sentences: which caches this start could use. */
      caches: z.array(z.string()),
    }),
  },
  /** Queries back to back, none timed by itself, until both limits are reached. */
  sustain: {
    ...{ stage: 'measure', ...measuring },
    parameters: z.object({ durationMs: z.number().nonnegative(), minimumQueries: z.number().int().positive() }),
    answer: 'sustained',
    result: z.object({ startedAtNs: hostClockNs, endedAtNs: hostClockNs, queries: z.number().int().positive() }),
  },
  /** One query per arrival (ms from the start, ascending). One that arrives during another waits; that wait counts. */
  serve: {
    ...{ stage: 'serve', ...measuring },
    parameters: z.object({ arrivalsMs: z.array(z.number().nonnegative()).min(1).max(100_000) }),
    answer: 'served',
    result: z.object({
      startedAtNs: hostClockNs,
      endedAtNs: hostClockNs,
      /** From arrival to answer, in the order of arrival. */
      latenciesMs: latenciesMs.min(1),
    }),
  },
  'split-time': {
    ...{ stage: 'time-split', silenceMs: minute, stuckMs: 2 * minute },
    parameters: z.object({ queries: z.number().int().positive() }),
    answer: 'time-split',
    result: z.object({ method: z.string(), parts: z.array(partTimeSchema) }),
  },
  /** May load the case a second time, with the library's profiler on. */
  'profile-layers': {
    ...{ stage: 'layers', ...loading },
    parameters: z.object({ queries: z.number().int().positive() }),
    answer: 'layers-profiled',
    result: z.object({
      method: z.string(),
      clock: z.enum(['host', 'device']).optional(),
      /** Costliest first, at most `mostLayers`; the others are counted and summed. */
      layers: z.array(layerTimeSchema).max(mostLayers),
      otherLayers: z.number().int().nonnegative(),
      otherMs: z.number().nonnegative(),
    }),
  },
  /** Reads the graph; runs nothing. */
  'count-work': {
    ...{ stage: 'limits', silenceMs: minute, stuckMs: 5 * minute },
    /** Shape of the one input: [batch, channels, height, width]. */
    parameters: z.object({ file: z.string(), inputShape: tensorShape }),
    answer: 'work-counted',
    result: z.object({ work: modelWorkSchema }),
  },
  /** A large matrix product and a large copy on the device; takes a few seconds. */
  'measure-peak': {
    ...{ stage: 'limits', silenceMs: minute, stuckMs: 5 * minute },
    parameters: z.object({
      device: workerDeviceSchema,
      precision: precisionSchema,
      threads: z.number().int().positive(),
    }),
    answer: 'peak-measured',
    result: z.object({ peak: devicePeakSchema, versions }),
  },
  /** Runs every image once, writes one float32 .npy per output into `folder`. */
  'write-outputs': {
    ...{ stage: 'parity', ...measuring },
    parameters: z.object({ folder: z.string() }),
    answer: 'outputs-written',
    result: z.object({ outputs: z.array(writtenOutputSchema) }),
  },
  /** Opens a video for the prepared case; one at a time. Results go to parts in `folder`. */
  'open-video': {
    ...{ stage: 'inputs', silenceMs: minute, stuckMs: 2 * minute },
    parameters: z.object({
      file: z.string(),
      sampling: frameSamplingSchema,
      /** Null takes the model's. */
      scoreThreshold: z.number().min(0).max(1).nullable(),
      folder: z.string(),
      /** Whether each part proves which frames it saw. */
      hashFrames: z.boolean(),
    }),
    answer: 'video-opened',
    result: z.object({
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      codec: z.string(),
      frameRate: z.number().positive().nullable(),
      durationS: z.number().positive().nullable(),
    }),
  },
  /** The next `frames` sampled frames of the open video, or what is left of it. */
  'analyze-video': {
    ...{ stage: 'measure', ...loading },
    parameters: z.object({
      frames: z.number().int().positive(),
      /** Counts up from 0; names the part's files. */
      part: z.number().int().nonnegative(),
    }),
    answer: 'video-analyzed',
    result: z.object({
      startedAtNs: hostClockNs,
      endedAtNs: hostClockNs,
      /** 0 only at the end. */
      frames: z.number().int().nonnegative(),
      results: z.number().int().nonnegative(),
      /** Of each batch: all stages together, and inference by itself. */
      latenciesMs,
      inferMs: latenciesMs,
      stageMs: stageTimesSchema,
      /** Where the last decoded frame ends, sampled or not. */
      positionS: z.number().nonnegative(),
      framesSha256: z.string().nullable(),
      isEnd: z.boolean(),
      /** Why decoding ended before the file did; null where it did not. */
      problem: z.string().nullable(),
    }),
  },
} as const satisfies Readonly<Record<string, RequestDefinition>>

type Requests = typeof requests
export type RequestName = keyof Requests
export type RequestParameters<Name extends RequestName> = z.infer<Requests[Name]['parameters']>
export type RequestResult<Name extends RequestName> = z.infer<Requests[Name]['result']>
