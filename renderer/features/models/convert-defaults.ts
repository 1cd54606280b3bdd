// What one click converts to: the fastest engine that can be built here, in FP16; and why a model cannot be converted yet.
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { ModelManifest } from '../../../shared/domain/model.ts'
import type { Precision } from '../../../shared/domain/precision.ts'
import type { ConversionTarget } from '../../../shared/domain/recipe.ts'
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { builderOfTarget, precisionsOfTarget } from '../../../shared/planning/recipe-steps.ts'

const preferred: readonly ConversionTarget[] = ['tensorrt', 'tensorrt-rtx', 'openvino', 'onnxruntime']

export function defaultTarget(backends: readonly BackendStatus[]): ConversionTarget {
  return preferred.find((to) => backends.find(({ id }) => id === to)?.builder?.available) ?? 'onnx'
}

/** What a target can be made in, less what its builder here says that it lacks. */
export function precisionsOf(to: ConversionTarget, backends: readonly BackendStatus[]): readonly Precision[] {
  const all = precisionsOfTarget[to]
  const declared = backends.find(({ id }) => id === builderOfTarget[to])?.builder?.precisions ?? []
  const both = all.filter((precision) => declared.includes(precision))
  return both.length > 0 ? both : all
}

/** The first precision worth having that the model does not have yet. */
export function defaultPrecision(offered: readonly Precision[], taken: readonly Precision[]): Precision {
  const wanted: readonly Precision[] = ['fp16', 'int8', 'fp32', 'bf16', 'tf32']
  const open = wanted.filter((precision) => offered.includes(precision))
  return open.find((precision) => !taken.includes(precision)) ?? open[0] ?? 'fp32'
}

/** Why it cannot be converted before something is installed; null when it can. */
export function conversionObstacle(
  manifest: ModelManifest,
  environments: readonly PythonEnvironment[] | undefined,
): string | null {
  if (!environments) return null
  const isReady = (name: PythonEnvironment['name']) =>
    environments.find((each) => each.name === name)?.state === 'ready'
  if (manifest.source.library === 'ultralytics' && !isReady('yolo')) return 'needs Ultralytics, AGPL-3.0'
  return isReady('main') ? null : 'needs the Python environment'
}
