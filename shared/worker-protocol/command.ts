// Commands from the supervisor to a worker. For Python: one JSON object a line on stdin. For Node workers: the
// same objects over the process's message channel. Every command but `cancel` and `close` is answered by exactly
// one terminal message with the same id (its result, `failed` or `cancelled`). One command runs at a time.
// Units: milliseconds, nanoseconds, bytes. Does not carry tensors: those are .npy files named by path.
import { z } from 'zod'
import { frameSamplingSchema } from '../domain/analyzer.ts'
import { backendIdSchema } from '../domain/backend.ts'
import { modelManifestSchema, weightsOriginSchema } from '../domain/model.ts'
import { precisionSchema } from '../domain/precision.ts'
import { calibrationMethodSchema, engineOptionsSchema, optimizationRangeSchema } from '../domain/recipe.ts'
import { workerCaseSchema } from '../domain/worker-case.ts'

export const protocolVersion = 1

const id = z.number().int().positive()

/** Images to calibrate INT8 on: float32 .npy, shape [images, channels, height, width], preprocessed. */
const calibrationArraySchema = z.object({ file: z.string(), method: calibrationMethodSchema })

export const workerCommandSchema = z.discriminatedUnion('command', [
  /** -> `backends-described`. Must not import heavy libraries more than needed to answer. */
  z.object({ command: z.literal('describe-backends'), id }),
  /**
   * -> `model-inspected`. Reads an ONNX file (never runs it), refuses what is unsafe and writes the very bytes it
   * checked as `model.onnx` and its external data into `copyFolder`, an empty folder; Node worker only.
   */
  z.object({ command: z.literal('inspect-model'), id, file: z.string(), copyFolder: z.string() }),
  /** -> `inputs-prepared`. Decodes (EXIF turned), preprocesses per manifest, writes one .npy into `outFile`. */
  z.object({
    command: z.literal('prepare-inputs'),
    id,
    model: modelManifestSchema,
    height: z.number().int().positive(),
    width: z.number().int().positive(),
    files: z.array(z.string()),
    /** Stop after this many readable images. */
    limit: z.number().int().positive(),
    outFile: z.string(),
  }),
  /** -> `weights-resolved`. `auto`: hub, else seeded. Never falls back from `hub` or `folder`. */
  z.object({
    command: z.literal('resolve-weights'),
    id,
    model: modelManifestSchema,
    modelFolder: z.string(),
    choice: z.enum(['auto', 'hub', 'folder', 'seeded']),
    folder: z.string().nullable(),
    seed: z.number().int().nonnegative(),
  }),
  /** -> `exported`. FP32 ONNX, dynamic batch (and size where the manifest says), opset asserted, checked, compared. */
  z.object({
    command: z.literal('export-onnx'),
    id,
    model: modelManifestSchema,
    modelFolder: z.string(),
    weights: z.object({ origin: weightsOriginSchema, folder: z.string().nullable(), seed: z.number().int() }),
    opset: z.number().int().min(14).max(20),
    /** .npy of preprocessed images for the comparison with PyTorch at batch 1, 3 and 8. */
    inputFile: z.string(),
    outFile: z.string(),
  }),
  /** -> `onnx-checked`. What a builder wrongly lets through: emptiness, unknown opset, zero sizes, weights not finite. */
  z.object({ command: z.literal('check-onnx'), id, file: z.string() }),
  /** -> `onnx-converted`. Folds and prunes the graph; the same file gives the same bytes. */
  z.object({ command: z.literal('simplify-onnx'), id, inFile: z.string(), outFile: z.string() }),
  /**
   * -> `onnx-converted`. Precision as a transformation of the graph: inputs and outputs stay float32; `keepOperators`
   * and `keepNodes` stay FP32. INT8 is symmetric Q/DQ on MatMul, Conv and Gemm, and needs `calibration`.
   */
  z.object({
    command: z.literal('convert-precision'),
    id,
    inFile: z.string(),
    outFile: z.string(),
    precision: z.enum(['fp16', 'bf16', 'int8']),
    elsewhere: z.enum(['fp32', 'fp16']),
    keepOperators: z.array(z.object({ operator: z.string(), reason: z.string() })),
    keepNodes: z.array(z.string()),
    calibration: calibrationArraySchema.nullable(),
  }),
  /** -> `sensitivity-measured`. Each layer alone in INT8 against FP32, on the images of `inputFile`. */
  z.object({
    command: z.literal('measure-sensitivity'),
    id,
    /** The FP32 file that INT8 was made from. */
    inFile: z.string(),
    keepOperators: z.array(z.object({ operator: z.string(), reason: z.string() })),
    keepNodes: z.array(z.string()),
    calibration: calibrationArraySchema,
    inputFile: z.string(),
    outputs: z.array(z.string()),
  }),
  /**
   * -> `engine-built`, with `progress` carrying phases and log. Parses and builds; runs nothing. Writes `outFile` whole
   * or not at all, and every line of the library's log into `logFile`.
   */
  z.object({
    command: z.literal('build-engine'),
    id,
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
    /** Read where it exists, written after a build; null without one. */
    timingCacheFile: z.string().nullable(),
    /** For builders that calibrate by themselves (OpenVINO); null elsewhere. */
    calibration: calibrationArraySchema.nullable(),
    threads: z.number().int().positive(),
  }),
  /** -> `prepared`. Loads one case and keeps it resident. At most once a process. */
  z.object({ command: z.literal('prepare'), id, case: workerCaseSchema }),
  /** -> `warmed`. Runs until steady or `capMs`; never more than `capMs` plus one query. */
  z.object({
    command: z.literal('warmup'),
    id,
    minimumIterations: z.number().int().positive(),
    minimumMs: z.number().nonnegative(),
    capMs: z.number().positive(),
  }),
  /** -> `block`. Runs until `targetMs` and `minimumSamples`, but stops at `capMs` once `floorSamples` are taken. */
  z.object({
    command: z.literal('measure-block'),
    id,
    targetMs: z.number().positive(),
    minimumSamples: z.number().int().positive(),
    capMs: z.number().positive(),
    floorSamples: z.number().int().positive(),
  }),
  /** -> `memory`. Runs `iterations` queries, then reads peaks of this process and allocator. */
  z.object({ command: z.literal('measure-memory'), id, iterations: z.number().int().positive() }),
  /**
   * -> `cold-started`. In place of `prepare`, in a process that has done nothing else: imports, opens the device, loads
   * and answers two queries, each timed. Proves no precision. The worker is closed afterwards.
   */
  z.object({ command: z.literal('cold-start'), id, case: workerCaseSchema }),
  /** -> `sustained`. Queries back to back, none timed alone, until both are reached. */
  z.object({
    command: z.literal('sustain'),
    id,
    durationMs: z.number().nonnegative(),
    minimumQueries: z.number().int().positive(),
  }),
  /**
   * -> `served`. One query for each arrival (ms from the start, ascending); one that arrives while another is answered
   * waits, and its latency counts from its arrival.
   */
  z.object({ command: z.literal('serve'), id, arrivalsMs: z.array(z.number().nonnegative()).min(1).max(100_000) }),
  /** -> `time-split`. */
  z.object({ command: z.literal('split-time'), id, queries: z.number().int().positive() }),
  /** -> `layers-profiled`. May load the case a second time, with the library's profiler on. */
  z.object({ command: z.literal('profile-layers'), id, queries: z.number().int().positive() }),
  /** -> `work-counted`. From the graph alone: runs nothing. */
  z.object({
    command: z.literal('count-work'),
    id,
    file: z.string(),
    /** Of the one input: [batch, channels, height, width]. */
    inputShape: z.array(z.number().int().positive()).length(4),
  }),
  /** -> `peak-measured`. A large matrix product and a large copy on the device, a few seconds. */
  z.object({
    command: z.literal('measure-peak'),
    id,
    device: z.enum(['cpu', 'cuda']),
    precision: precisionSchema,
    threads: z.number().int().positive(),
  }),
  /** -> `outputs-written`. Runs every image once, writes one float32 .npy an output into `folder`. */
  z.object({ command: z.literal('write-outputs'), id, folder: z.string() }),
  /** -> `video-opened`. Opens a video for the case that is prepared; one at a time. Results go to parts in `folder`. */
  z.object({
    command: z.literal('open-video'),
    id,
    file: z.string(),
    sampling: frameSamplingSchema,
    /** Null takes the model's. */
    scoreThreshold: z.number().min(0).max(1).nullable(),
    folder: z.string(),
    /** Whether each part proves which frames it saw. */
    hashFrames: z.boolean(),
  }),
  /** -> `video-analyzed`. The next `frames` sampled frames of the open video, or what is left of it. */
  z.object({
    command: z.literal('analyze-video'),
    id,
    frames: z.number().int().positive(),
    /** Counts up from 0; names the part's files. */
    part: z.number().int().nonnegative(),
  }),
  /** Asks the running command to stop between queries; answered by its `cancelled`. */
  z.object({ command: z.literal('cancel') }),
  /** The worker frees what it holds and exits 0. */
  z.object({ command: z.literal('close') }),
])
export type WorkerCommand = z.infer<typeof workerCommandSchema>
