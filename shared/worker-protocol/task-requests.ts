// Requests before anything is measured: which backends a worker has, what a model file is, inputs, weights,
// conversions, and the limits of a model and a device. They need no case.

import { z } from 'zod'
import {
  exporterRecordSchema,
  keptOperatorSchema,
  layerSensitivitySchema,
  precisionSharesSchema,
} from '../domain/artifact.ts'
import { artifactKindSchema } from '../domain/artifact-kind.ts'
import { backendIdSchema, backendStatusSchema } from '../domain/backend.ts'
import { workerDeviceSchema } from '../domain/device.ts'
import { inspectionSchema } from '../domain/inspection.ts'
import { modelManifestSchema, opsetSchema, weightsOriginSchema } from '../domain/model.ts'
import { codeFileSchema, modelSourceSchema, sourceFactsSchema } from '../domain/model-source.ts'
import { overflowFixSchema } from '../domain/overflow-fix.ts'
import { pluginFileSchema, pluginOperatorSchema, registeredOperatorSchema } from '../domain/plugin.ts'
import { precisionProofSchema, precisionSchema } from '../domain/precision.ts'
import {
  calibrationMethodSchema,
  engineOptionsSchema,
  optimizationRangeSchema,
  quantizationSchemeSchema,
} from '../domain/recipe.ts'
import { feedSchema, resolvedWeightsSchema } from '../domain/worker-case.ts'
import { devicePeakSchema, modelWorkSchema } from '../passes/limits.ts'
import {
  bytesOrReasonSchema,
  loading,
  minute,
  type RequestDefinition,
  second,
  tensorShapeSchema,
  versionsSchema,
  writtenOutputSchema,
} from './request-definition.ts'

/** Images to calibrate INT8 or FP8 on: float32 .npy, shape [images, channels, height, width], preprocessed. */
export const calibrationArraySchema = z.object({
  file: z.string(),
  /** Of every input, where the manifest lists them; `file` is one of theirs. */
  feeds: z.array(feedSchema).optional(),
  method: calibrationMethodSchema,
  scheme: quantizationSchemeSchema.optional(),
  overflowFix: overflowFixSchema.optional(),
})
/** Operators that stay FP32, each with the manifest's reason. */
const keptOperatorsSchema = modelManifestSchema.shape.keepInFp32
/** Outputs of the exported graph and of the module for the same images; the caller judges. */
export const batchOutputsSchema = z.object({
  batchSize: z.number().int().positive(),
  reference: z.array(writtenOutputSchema),
  candidate: z.array(writtenOutputSchema),
})
export const graphInputSchema = z.object({
  name: z.string(),
  /** An element type, or `string`, `sequence`, `optional`, `map`, `sparse tensor`, `unknown`. */
  dtype: z.string(),
  /** Null if the file does not say how many there are. */
  dimensions: z.array(z.union([z.number().int(), z.string()])).nullable(),
})
/** Pixels. */
export const inputSizeSchema = z.object({ height: z.number().int().positive(), width: z.number().int().positive() })
export const skippedFileSchema = z.object({ file: z.string(), reason: z.string() })

const convertedGraphSchema = z.object({
  sha256: z.string(),
  sizeBytes: z.number().int().positive(),
  buildTimeMs: z.number().nonnegative(),
  opset: z.number().int(),
  nodeCount: z.number().int().positive(),
  keptInFp32: z.array(keptOperatorSchema),
  /** Nodes between Q and DQ; 0 except for INT8 and FP8. */
  quantizedNodeCount: z.number().int().nonnegative(),
  /** Shares of nodes by the type of their output, and of weight bytes by type. */
  layerPrecision: precisionSharesSchema,
  weightPrecision: precisionSharesSchema,
  tools: versionsSchema,
})

const inputShapeSchema = z.array(z.number().int().nonnegative())

/** Shapes of one input in one query, from the smallest that an engine takes to the largest. */
export const inputProfileSchema = z.object({
  name: z.string(),
  min: inputShapeSchema,
  opt: inputShapeSchema,
  max: inputShapeSchema,
})

/** An engine as requested from a builder. */
export const buildRequestSchema = z.object({
  model: modelManifestSchema,
  onnxFile: z.string(),
  outFile: z.string(),
  logFile: z.string(),
  /** The label that the proof must support. */
  precision: precisionSchema,
  batch: optimizationRangeSchema,
  /** Pixels, height and width alike; null keeps the manifest's. */
  size: optimizationRangeSchema.nullable(),
  /** Of every input, where the manifest lists them; these decide then, and not `batch` and `size`. Null elsewhere. */
  inputs: z.array(inputProfileSchema).nullable(),
  options: engineOptionsSchema,
  /** Read if it exists, written after a build; null for no cache. */
  timingCacheFile: z.string().nullable(),
  /** Private copy of the library that `options.plugin` names; null for none. */
  plugin: pluginFileSchema.nullable(),
  /** For builders that calibrate themselves (OpenVINO); null for others. */
  calibration: calibrationArraySchema.nullable(),
  threads: z.number().int().positive(),
})

/** What a builder reads back from its library after a build. */
export const engineFactsSchema = z.object({
  /** What the loaded library really makes, which may differ from the request. */
  kind: artifactKindSchema,
  precisionProof: precisionProofSchema,
  layerPrecision: precisionSharesSchema,
  weightPrecision: precisionSharesSchema,
  activationBytes: bytesOrReasonSchema,
  weightBytes: bytesOrReasonSchema,
  /** As read back from the library. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  tools: versionsSchema,
  /** GPU, compute capability and driver that the engine is bound to; null if it runs anywhere. */
  machine: z.string().nullable(),
})

export const taskRequests = {
  /** Must not import more heavy libraries than it needs for the answer. */
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
      inputs: z.array(graphInputSchema),
      outputs: z.array(z.string()).min(1),
      /** What each output is. */
      outputTensors: z.array(graphInputSchema),
      /** Inputs that have a value in the file, which is used. */
      defaulted: z.array(z.string()),
      /** Rows of the table that an input of whole numbers picks from (Gather), by input: its values are below this. */
      tableRows: z.record(z.string(), z.number().int().positive()),
      /** What the exporter noted: `imgsz`, `stride`, `task`. */
      metadata: z.record(z.string(), z.string()),
      /** External data files next to the model, relative to its folder; their bytes are part of the hash. */
      externalFiles: z.array(z.string()),
      /** Operators of domains that nothing here computes, `my.company::Sharpen`; absent if there are none. */
      customOperators: z.array(z.string()).optional(),
      /** The type that most of its weights are stored in; says nothing about the precision of computing. */
      storedPrecision: precisionSchema,
      /** Hash over the file and, if it has any, its external data. */
      sha256: z.string(),
    }),
  },
  /**
   * Reads what a model source holds, builds its module with seeded weights and runs it at batch 1 and 2. Runs the user's
   * code only for a `module`, and only if every file of `code` has the hash that was trusted. Writes what later requests
   * need to build it into `folder`, an empty folder that becomes the model's.
   */
  'inspect-source': {
    ...{ stage: 'load', silenceMs: minute, stuckMs: 7 * minute },
    parameters: z.object({
      source: modelSourceSchema,
      code: z.array(codeFileSchema),
      /** Null: the source's own. */
      inputSize: inputSizeSchema.nullable(),
      /** Null: those that its task has. */
      outputs: z.array(z.string()).nullable(),
      folder: z.string(),
    }),
    answer: 'source-inspected',
    result: z.object({ facts: sourceFactsSchema }),
  },
  /** Decodes (EXIF orientation applied), preprocesses as in the manifest, writes one .npy into `outFile`. */
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
      shape: tensorShapeSchema,
      sha256: z.string(),
      used: z.array(z.string()),
      skipped: z.array(skippedFileSchema),
    }),
  },
  /** Writes one array of an .npz archive as an .npy file; opens no pickle. `array`: null for the only one. */
  'unpack-array': {
    ...{ stage: 'inputs', silenceMs: minute, stuckMs: 2 * minute },
    parameters: z.object({ file: z.string(), array: z.string().nullable(), outFile: z.string() }),
    answer: 'array-unpacked',
    result: z.object({ shape: z.array(z.number().int().nonnegative()) }),
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
  /**
   * FP32 ONNX with a dynamic batch (and size if the manifest says so) by the first exporter whose graph has the opset,
   * is valid, and equals the module.
   */
  'export-onnx': {
    ...{ stage: 'export', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
    parameters: z.object({
      model: modelManifestSchema,
      modelFolder: z.string(),
      weights: resolvedWeightsSchema,
      opset: opsetSchema,
      /** .npy of preprocessed images for the comparison with PyTorch at batch 1, 3 and 8. */
      inputFile: z.string(),
      outFile: z.string(),
      /** Folder for the compared outputs. */
      outputsFolder: z.string(),
    }),
    answer: 'exported',
    result: z.object({
      sha256: z.string(),
      sizeBytes: z.number().int().positive(),
      buildTimeMs: z.number().nonnegative(),
      opset: z.number().int(),
      nodeCount: z.number().int().positive(),
      comparisons: z.array(batchOutputsSchema),
      exporter: exporterRecordSchema,
      tools: versionsSchema,
    }),
  },
  /**
   * Finds what a builder wrongly accepts: an empty graph, an unknown opset, zero sizes, weights that are not finite.
   */
  'check-onnx': {
    ...{ stage: 'load', silenceMs: minute, stuckMs: 5 * minute },
    parameters: z.object({
      file: z.string(),
      /** Whether a plugin library computes operators that ONNX does not have; absent: false. */
      customOperators: z.boolean().optional(),
      /** Those that TensorRT and that library have; absent if no registry could be asked. */
      registered: z.array(registeredOperatorSchema).optional(),
    }),
    answer: 'onnx-checked',
    result: z.object({
      opset: z.number().int(),
      nodeCount: z.number().int().positive(),
      /** Operator -> number of nodes. */
      operators: z.record(z.string(), z.number().int().positive()),
      parameterCount: z.number().int().nonnegative(),
      /** What is left to plugins; absent without a library. */
      pluginOperators: z.array(pluginOperatorSchema).optional(),
    }),
  },
  /**
   * Loads a plugin library, which is code: the caller has the user's consent. Lists every operator that TensorRT's
   * registry then has.
   */
  'list-plugin-operators': {
    ...{ stage: 'load', ...loading },
    parameters: z.object({ plugin: pluginFileSchema }),
    answer: 'plugin-operators-listed',
    result: z.object({ operators: z.array(registeredOperatorSchema) }),
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
   * stay FP32. INT8 and FP8 are Q/DQ on MatMul, Conv and Gemm, and need `calibration`; INT4 weights are blocks of MatMul
   * and Gemm that share a scale.
   */
  'convert-precision': {
    ...{ stage: 'precision', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
    parameters: z.object({
      inFile: z.string(),
      outFile: z.string(),
      precision: precisionSchema.exclude(['fp32', 'tf32']),
      elsewhere: z.enum(['fp32', 'fp16']),
      keepOperators: keptOperatorsSchema,
      keepNodes: z.array(z.string()),
      calibration: calibrationArraySchema.nullable(),
    }),
    answer: 'onnx-converted',
    result: convertedGraphSchema,
  },
  /** Compares each layer, with only that layer in INT8, with FP32 on the images of `inputFile`. */
  'measure-sensitivity': {
    ...{ stage: 'calibrate', silenceMs: minute, stuckMs: 30 * minute, endsSoon: true },
    parameters: z.object({
      /** The FP32 file that INT8 was made from. */
      inFile: z.string(),
      keepOperators: keptOperatorsSchema,
      keepNodes: z.array(z.string()),
      calibration: calibrationArraySchema,
      inputFile: z.string(),
      /** Of every input, where the manifest lists them; replaces `inputFile`. */
      feeds: z.array(feedSchema).optional(),
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
    parameters: z.object({ backend: backendIdSchema, ...buildRequestSchema.shape }),
    answer: 'engine-built',
    result: z.object({
      sha256: z.string(),
      sizeBytes: z.number().int().positive(),
      buildTimeMs: z.number().nonnegative(),
      ...engineFactsSchema.shape,
    }),
  },
  /**
   * Reads an ONNX file's graph, or opens an engine and asks it for its layers; runs no query. Opening an engine runs its
   * code: the caller has checked its hash or has the user's consent.
   */
  'inspect-file': {
    ...{ stage: 'load', ...loading },
    parameters: z.object({
      file: z.string(),
      of: inspectionSchema.shape.of,
      /** What an engine needs besides TensorRT's own plugins; absent for nothing. */
      plugin: pluginFileSchema.optional(),
    }),
    answer: 'file-inspected',
    result: z.object({ inspection: inspectionSchema }),
  },
  /** Reads the graph; runs nothing. */
  'count-work': {
    ...{ stage: 'limits', silenceMs: minute, stuckMs: 5 * minute },
    /** Shape of the one input: [batch, channels, height, width]. */
    parameters: z.object({ file: z.string(), inputShape: tensorShapeSchema }),
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
    result: z.object({ peak: devicePeakSchema, versions: versionsSchema }),
  },
} as const satisfies Readonly<Record<string, RequestDefinition>>
