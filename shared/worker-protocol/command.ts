// Commands from the supervisor to a worker. For Python: one JSON object a line on stdin. For Node workers: the
// same objects over the process's message channel. Every command but `cancel` and `close` is answered by exactly
// one terminal message with the same id (its result, `failed` or `cancelled`). One command runs at a time.
// Units: milliseconds, nanoseconds, bytes. Does not carry tensors: those are .npy files named by path.
import { z } from 'zod'
import { modelManifestSchema, weightsOriginSchema } from '../domain/model.ts'
import { workerCaseSchema } from '../domain/worker-case.ts'

export const protocolVersion = 1

const id = z.number().int().positive()

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
  /** -> `outputs-written`. Runs every image once, writes one float32 .npy an output into `folder`. */
  z.object({ command: z.literal('write-outputs'), id, folder: z.string() }),
  /** Asks the running command to stop between queries; answered by its `cancelled`. */
  z.object({ command: z.literal('cancel') }),
  /** The worker frees what it holds and exits 0. */
  z.object({ command: z.literal('close') }),
])
export type WorkerCommand = z.infer<typeof workerCommandSchema>
