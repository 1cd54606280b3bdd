// Which steps a recipe takes, in order, and what each of its targets can be made in. Pure: says nothing of what is
// cached or can be done on this machine.
import type { BackendId } from '../domain/backend.ts'
import type { ConversionStepName } from '../domain/conversion.ts'
import type { Precision } from '../domain/precision.ts'
import type { ConversionTarget, Recipe } from '../domain/recipe.ts'

/** The backend that builds a target; null for what ends with the ONNX steps. */
export const builderOfTarget: Readonly<Record<ConversionTarget, BackendId | null>> = {
  onnx: null,
  onnxruntime: 'onnxruntime',
  tensorrt: 'tensorrt',
  'tensorrt-rtx': 'tensorrt-rtx',
  openvino: 'openvino',
}

export const targetLabels: Readonly<Record<ConversionTarget, string>> = {
  onnx: 'ONNX',
  onnxruntime: 'ONNX Runtime’s optimized file',
  tensorrt: 'TensorRT',
  'tensorrt-rtx': 'TensorRT-RTX',
  openvino: 'OpenVINO',
}

/** TF32 is a switch of an engine, so that no graph and no engine for a processor has it. */
export const precisionsOfTarget: Readonly<Record<ConversionTarget, readonly Precision[]>> = {
  onnx: ['fp32', 'fp16', 'bf16', 'int8'],
  onnxruntime: ['fp32', 'fp16', 'int8'],
  tensorrt: ['fp32', 'tf32', 'fp16', 'bf16', 'int8'],
  'tensorrt-rtx': ['tf32', 'fp16', 'bf16', 'int8'],
  openvino: ['fp32', 'fp16', 'int8'],
}

export function recipeSteps(recipe: Recipe): readonly ConversionStepName[] {
  const steps: ConversionStepName[] = ['export']
  if (recipe.simplify) steps.push('simplify')
  if (transformsGraph(recipe)) {
    steps.push('precision')
    if (recipe.sensitivity) steps.push('sensitivity')
  }
  if (builderOfTarget[recipe.to] !== null) steps.push('engine')
  return [...steps, 'parity']
}

/** FP32 and TF32 take the graph as it is; OpenVINO stores FP16 and calibrates INT8 itself. */
export function transformsGraph({ precision, to }: Pick<Recipe, 'precision' | 'to'>): boolean {
  return to !== 'openvino' && precision !== 'fp32' && precision !== 'tf32'
}
