// What a recipe would do here, before it does it: its steps, what of them is there already, and why it cannot start or
// cannot end. Starts no build, opens no worker but those that describe backends, and finds no weights: where a key
// depends on those, its step is told as not known.
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ConversionCheck } from '../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { checkRecipe } from '../../shared/planning/recipe-check.ts'
import { builderOfTarget, recipeSteps } from '../../shared/planning/recipe-steps.ts'
import { listImages } from '../inputs/image-folder.ts'
import { exportKey } from '../inputs/onnx-artifact.ts'
import type { ConversionParts } from './conversion-parts.ts'
import { builderRefusal } from './engine-step.ts'
import { ownFileKey, simplifyKey } from './step-keys.ts'

export async function checkConversion(
  parts: ConversionParts,
  recipe: Recipe,
  manifest: ModelManifest,
): Promise<ConversionCheck> {
  const planned = checkRecipe(recipe, manifest)
  const refusals: BenchErrorRecord[] = [...planned.refusals]
  if (refusals.length === 0) {
    const missing = (await imageRefusal(recipe)) ?? (await pythonRefusal(parts, manifest))
    if (missing !== null) refusals.push(missing)
  }
  const builder = builderOfTarget[recipe.to]
  const refusal = builder === null ? null : builderRefusal(recipe.to, await parts.describeBackend(builder))
  const known = await knownKeys(parts, recipe, manifest)
  const steps = recipeSteps(recipe).map((name) => ({ name, ...(known.get(name) ?? notKnown) }))
  return { steps, refusals, engineRefusal: refusal?.record ?? null, warnings: [...planned.warnings] }
}

const notKnown = { artifactKey: null, cached: false }

async function imageRefusal({ calibration }: Recipe): Promise<BenchErrorRecord | null> {
  if (calibration?.imageFolder == null) return null
  try {
    await listImages(calibration.imageFolder)
    return null
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return {
      ...error.record,
      code: 'no-calibration-images',
      stage: 'calibrate',
      remedy: 'Choose a folder of pictures like those that the model will see.',
    }
  }
}

/** Graphs are exported and transformed by Python; the environment says itself what is wrong with it. */
async function pythonRefusal(parts: ConversionParts, manifest: ModelManifest): Promise<BenchErrorRecord | null> {
  const needed =
    manifest.source.library === 'ultralytics' ? (['ultralytics', 'torch-eager'] as const) : (['torch-eager'] as const)
  for (const backend of needed) {
    const status = await parts.describeBackend(backend)
    if (status?.available === true) continue
    return {
      code: 'python-unavailable',
      stage: 'setup',
      message: `Converting needs Python: ${status?.reason ?? 'its environment is not set up.'}`,
      remedy: status?.remedy ?? 'Set up Python on the Setup screen.',
      cause: null,
    }
  }
  return null
}

/** As far as they follow from the recipe and what is on disk. */
async function knownKeys({ keyed, toolVersions }: ConversionParts, recipe: Recipe, manifest: ModelManifest) {
  const known = new Map<string, { artifactKey: string; cached: boolean }>()
  const tools = await toolVersions()
  const exported = await exportKeyOf(recipe, manifest, tools)
  if (exported === null) return known
  const artifact = await keyed.peek(exported)
  known.set('export', { artifactKey: exported, cached: artifact !== null })
  if (artifact === null || !recipe.simplify) return known
  const simplified = simplifyKey(artifact, tools)
  known.set('simplify', { artifactKey: simplified, cached: (await keyed.peek(simplified)) !== null })
  return known
}

async function exportKeyOf(
  recipe: Recipe,
  manifest: ModelManifest,
  tools: Readonly<Record<string, string>>,
): Promise<string | null> {
  const [shipped] = manifest.artifacts
  if (manifest.source.library === 'file' && shipped) return ownFileKey(manifest.source.revision ?? shipped.sha256)
  const own = manifest.artifacts.find(({ precision }) => precision === 'fp32')
  if (manifest.source.library === 'own' && own?.opset === recipe.opset) return ownFileKey(own.sha256)
  if (recipe.weights.kind !== 'seeded') return null
  const weights = { origin: 'seeded', folder: null, seed: recipe.seed, sha256: null, reason: '' } as const
  return exportKey({ manifest, weights, opset: recipe.opset }, tools)
}
