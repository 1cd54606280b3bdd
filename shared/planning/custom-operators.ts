// A model with operators of domains that nothing here computes: only TensorRT runs it, with the plugin library that has
// them. Every recipe and every candidate is checked for it, since opening such a model is not refused.
import { backendRows, readersOfKind } from '../domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../domain/bench-error.ts'
import type { ModelManifest } from '../domain/model.ts'
import type { Candidate } from '../domain/plan.ts'
import { isCalibrated, precisionLabel } from '../domain/precision.ts'
import type { Recipe } from '../domain/recipe.ts'
import { planRefusal } from './plan-refusal.ts'

const mostNamed = 4

/** Null for a model without such operators. */
function inWords({ customOperators = [] }: ModelManifest): string | null {
  const named = customOperators.slice(0, mostNamed).join(', ')
  const more = customOperators.length - mostNamed
  return customOperators.length === 0 ? null : `${named}${more > 0 ? ` and ${more} more` : ''}`
}

export function customOperatorRefusals(
  { to, precision, engine }: Pick<Recipe, 'to' | 'precision' | 'engine'>,
  manifest: ModelManifest,
): readonly BenchError[] {
  const operators = inWords(manifest)
  if (operators === null) return []
  if (to !== 'tensorrt' || engine?.plugin === undefined) {
    const message = `${manifest.name} has operators that are not part of ONNX: ${operators}. Only TensorRT computes them, with a plugin library that has them.`
    const named = 'name the library with --plugin FILE --trust-plugin, or under Plugin library in the Convert form.'
    return [refused(message, to === 'tensorrt' ? sentence(named) : `Convert it to TensorRT, and ${named}`)]
  }
  if (!isCalibrated(precision)) return []
  const message = `${precisionLabel(precision)} is calibrated by running the model in ONNX Runtime, which does not have ${operators}.`
  return [refused(message, 'Choose a precision that is not calibrated: FP32, TF32, FP16, BF16 or INT4 weights.')]
}

export function customOperatorRefusal(
  { backend }: Pick<Candidate, 'backend'>,
  label: string,
  manifest: ModelManifest,
): BenchErrorRecord | null {
  const operators = inWords(manifest)
  if (
    operators === null ||
    backendRows[backend].runs === 'nothing' ||
    readersOfKind('tensorrt-engine').includes(backend)
  )
    return null
  return planRefusal(
    'unsupported-operator',
    `${label} cannot run ${manifest.name}: it has operators that are not part of ONNX: ${operators}.`,
    'Convert it to TensorRT with the plugin library that has them, and run the engine.',
  )
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function refused(message: string, remedy: string): BenchError {
  return new BenchError({ code: 'unsupported-operator', stage: 'plan', message, remedy })
}
