// The recipe of one click: the model's own opset, batch sizes and operators to keep, the library's defaults for the rest.
import type { ModelManifest } from '../domain/model.ts'
import type { Precision } from '../domain/precision.ts'
import {
  advisedCalibrationImages,
  type ConversionTarget,
  defaultEngineOptions,
  type Recipe,
  recipeSchemaVersion,
} from '../domain/recipe.ts'

/** Opset of INT8 among FP16: older ones have no FP16 scales. */
const halfScaleOpset = 20

/** @param elsewhere what computes where INT8 does not; means nothing for other precisions. */
export function defaultRecipe(
  manifest: ModelManifest,
  to: ConversionTarget,
  precision: Precision,
  elsewhere: 'fp32' | 'fp16' = 'fp32',
): Recipe {
  const isInt8 = precision === 'int8'
  return {
    schemaVersion: recipeSchemaVersion,
    model: manifest.id,
    weights: { kind: 'auto' },
    seed: 1,
    to,
    precision,
    elsewhere: isInt8 ? elsewhere : null,
    opset: isInt8 && elsewhere === 'fp16' ? halfScaleOpset : manifest.defaultOpset,
    simplify: true,
    batch: manifest.optimizationProfile,
    size: null,
    keepOperators: null,
    keepNodes: [],
    calibration: isInt8 ? { method: 'min-max', imageFolder: null, imageLimit: advisedCalibrationImages } : null,
    sensitivity: false,
    engine: to === 'onnx' ? null : defaultEngineOptions,
    expected: [],
  }
}
