// What Python calls the schemas of the worker protocol, for scripts/python-wire.ts.

import type { z } from 'zod'
import { frameSamplingSchema, stageTimesSchema } from '../shared/domain/analyzer.ts'
import { exporterRecordSchema, keptOperatorSchema, layerSensitivitySchema } from '../shared/domain/artifact.ts'
import { artifactKindSchema } from '../shared/domain/artifact-kind.ts'
import { backendCardSchema, backendIdSchema, backendStatusSchema } from '../shared/domain/backend.ts'
import { benchErrorSchema, stageSchema } from '../shared/domain/bench-error.ts'
import { buildPhaseSchema, logEntrySchema } from '../shared/domain/conversion.ts'
import { workerDeviceSchema } from '../shared/domain/device.ts'
import {
  inspectedEndSchema,
  inspectedLayerSchema,
  inspectedProfileSchema,
  inspectionSchema,
} from '../shared/domain/inspection.ts'
import {
  architectureSchema,
  exporterNameSchema,
  modelManifestSchema,
  preprocessingSchema,
  shippedArtifactSchema,
  toleranceSchema,
  weightsOriginSchema,
  weightsPackageSchema,
} from '../shared/domain/model.ts'
import { elementTypeSchema, inputValuesSchema, modelInputSchema } from '../shared/domain/model-input.ts'
import { codeFileSchema, modelSourceSchema, sourceFactsSchema } from '../shared/domain/model-source.ts'
import {
  pluginFileSchema,
  pluginLibrarySchema,
  pluginOperatorSchema,
  registeredOperatorSchema,
} from '../shared/domain/plugin.ts'
import { buildRecordSchema, precisionProofSchema, precisionSchema } from '../shared/domain/precision.ts'
import { engineOptionsSchema, optimizationRangeSchema } from '../shared/domain/recipe.ts'
import { steadinessSchema } from '../shared/domain/run.ts'
import { feedSchema, inputArraySchema, resolvedWeightsSchema, workerCaseSchema } from '../shared/domain/worker-case.ts'
import { layerTimeSchema } from '../shared/passes/layers.ts'
import { devicePeakSchema, modelWorkSchema } from '../shared/passes/limits.ts'
import { partTimeSchema } from '../shared/passes/time-split.ts'
import { hostClockNsSchema } from '../shared/worker-protocol/case-requests.ts'
import { bytesOrReasonSchema, writtenOutputSchema } from '../shared/worker-protocol/request-definition.ts'
import { requests } from '../shared/worker-protocol/requests.ts'
import {
  batchOutputsSchema,
  buildRequestSchema,
  calibrationArraySchema,
  engineFactsSchema,
  graphInputSchema,
  inputProfileSchema,
  inputSizeSchema,
  skippedFileSchema,
} from '../shared/worker-protocol/task-requests.ts'

/** Python names of the classes and types. Objects and enumerations without a name here are written inline. */
export const namedSchemas: Readonly<Record<string, z.ZodType>> = {
  Precision: precisionSchema,
  Clock: partTimeSchema.shape.clock,
  Device: workerDeviceSchema,
  WeightsOrigin: weightsOriginSchema,
  WeightsChoice: requests['resolve-weights'].parameters.shape.choice,
  ArtifactKind: artifactKindSchema,
  ErrorCode: benchErrorSchema.shape.code,
  Stage: stageSchema,
  BenchErrorRecord: benchErrorSchema,
  Preprocessing: preprocessingSchema,
  Architecture: architectureSchema,
  WeightsPackage: weightsPackageSchema,
  Source: modelManifestSchema.shape.source,
  Licence: modelManifestSchema.shape.licence,
  ModelInput: modelManifestSchema.shape.input,
  OptimizationProfile: modelManifestSchema.shape.optimizationProfile,
  Tolerance: toleranceSchema,
  ShippedArtifact: shippedArtifactSchema,
  Evaluation: modelManifestSchema.shape.evaluation.unwrap(),
  CalibrationArrays: modelManifestSchema.shape.calibration.unwrap().unwrap(),
  ExporterName: exporterNameSchema,
  PreferredExporter: modelManifestSchema.shape.exporter.unwrap(),
  ModelManifest: modelManifestSchema,
  ModelSource: modelSourceSchema,
  CodeFile: codeFileSchema,
  InputSize: inputSizeSchema,
  SourceOutput: sourceFactsSchema.shape.outputs.element,
  SourceFacts: sourceFactsSchema,
  Weights: resolvedWeightsSchema,
  ElementType: elementTypeSchema,
  InputValues: inputValuesSchema,
  TensorInput: modelInputSchema,
  InputArray: inputArraySchema,
  Feed: feedSchema,
  BuildRecord: buildRecordSchema,
  PluginLibrary: pluginLibrarySchema,
  PluginFile: pluginFileSchema,
  RegisteredOperator: registeredOperatorSchema,
  PluginOperator: pluginOperatorSchema,
  WorkerCase: workerCaseSchema,
  OptimizationRange: optimizationRangeSchema,
  EngineOptions: engineOptionsSchema,
  CalibrationArray: calibrationArraySchema,
  FrameSampling: frameSamplingSchema,
  StageTimes: stageTimesSchema,
  KeptOperator: modelManifestSchema.shape.keepInFp32.element,
  KeptCount: keptOperatorSchema,
  LayerSensitivity: layerSensitivitySchema,
  BuildPhase: buildPhaseSchema,
  LogEntry: logEntrySchema,
  PrecisionProof: precisionProofSchema,
  Bytes: bytesOrReasonSchema,
  InputProfile: inputProfileSchema,
  BuildRequest: buildRequestSchema,
  EngineFacts: engineFactsSchema,
  BuilderStatus: backendStatusSchema.shape.builder.unwrap().unwrap(),
  BackendCard: backendCardSchema,
  BackendStatus: backendStatusSchema,
  WrittenOutput: writtenOutputSchema,
  BatchOutputs: batchOutputsSchema,
  ComparedSize: exporterRecordSchema.shape.sizes.element,
  RefusedExporter: exporterRecordSchema.shape.refused.element,
  ExporterRecord: exporterRecordSchema,
  Steadiness: steadinessSchema,
  PartTime: partTimeSchema,
  LayerTime: layerTimeSchema,
  ModelWork: modelWorkSchema,
  DevicePeak: devicePeakSchema,
  InspectedEnd: inspectedEndSchema,
  InspectedProfile: inspectedProfileSchema,
  LayerInspection: inspectedLayerSchema,
  Inspection: inspectionSchema,
  GraphInput: graphInputSchema,
  SkippedFile: skippedFileSchema,
}

/** Written in Python as this type, whatever the JSON Schema says. */
export const opaqueSchemas: readonly (readonly [z.ZodType, string])[] = [
  // A worker itself refuses a backend it does not have, with a remedy.
  [backendIdSchema, 'str'],
  // An integer, but not always a safe integer in JavaScript.
  [hostClockNsSchema, 'int'],
]

type WireModule = 'bench_error' | 'found_source' | 'inspection' | 'model_input' | 'model_source' | 'plugin_operators'

/** The module of wire/ for each type that has another than `domain`. */
export const moduleOf: Readonly<Record<string, WireModule>> = {
  ...{ ErrorCode: 'bench_error', Stage: 'bench_error', BenchErrorRecord: 'bench_error' },
  ...{ InspectedEnd: 'inspection', InspectedProfile: 'inspection', LayerInspection: 'inspection' },
  Inspection: 'inspection',
  ...{ ElementType: 'model_input', InputValues: 'model_input', TensorInput: 'model_input', InputArray: 'model_input' },
  ...{ Feed: 'model_input', InputProfile: 'model_input' },
  ...{ Architecture: 'model_source', WeightsPackage: 'model_source', Source: 'model_source' },
  ...{ ExporterName: 'model_source', PreferredExporter: 'model_source', ComparedSize: 'model_source' },
  ...{ RefusedExporter: 'model_source', ExporterRecord: 'model_source' },
  ...{ ModelSource: 'found_source', CodeFile: 'found_source', InputSize: 'found_source' },
  ...{ SourceOutput: 'found_source', SourceFacts: 'found_source' },
  ...{ RegisteredOperator: 'plugin_operators', PluginOperator: 'plugin_operators' },
}

/** The base class that holds the first fields of another. */
export const baseOf: Readonly<Record<string, string>> = { BuildEngine: 'BuildRequest' }
/** Differs from the message's name: `Cancelled` is what a running command raises. */
export const messageClasses: Readonly<Record<string, string>> = { cancelled: 'CommandCancelled' }
