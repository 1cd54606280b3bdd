// What a recipe would do here: its steps, which results exist already, and why it cannot start or finish. Starts no
// build, opens no worker except those that describe backends, finds no weights and reads no images of the user's: if a
// key depends on those, its step is reported as unknown.

import type { Artifact } from '../../shared/domain/artifact.ts'
import { rowOfTarget } from '../../shared/domain/artifact-kind.ts'
import { type BackendId, backendRows, builderOf, exporterOf } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { ConversionCheck } from '../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Calibration, Recipe } from '../../shared/domain/recipe.ts'
import { deviceRefusal } from '../../shared/planning/check-device.ts'
import { checkRecipe, recipeSteps } from '../../shared/planning/recipe.ts'
import { listImages } from '../inputs/image-files.ts'
import { exportKey } from '../inputs/onnx-artifact.ts'
import type { PreparedImageSet } from '../parity/image-sets.ts'
import { type BuildCard, buildCardOf } from './build-card.ts'
import { builderRefusal, libraryOf } from './builder-refusal.ts'
import type { ConversionDependencies } from './conversion-parts.ts'
import { engineKey, ownFileKey, precisionKey, simplifyKey } from './step-artifacts.ts'

interface KnownModel {
  readonly manifest: ModelManifest
  readonly folder: string
}

export async function checkConversion(
  parts: ConversionDependencies,
  recipe: Recipe,
  { manifest, folder }: KnownModel,
): Promise<ConversionCheck> {
  const planned = checkRecipe(recipe, manifest)
  const gpus = await parts.gpus()
  const absent = deviceRefusal(recipe.device ?? 'cuda', gpus, false)
  const refusals: BenchErrorRecord[] = [...planned.refusals, ...(absent === null ? [] : [absent])]
  if (refusals.length === 0) {
    const missing =
      (await imageRefusal(recipe)) ?? (await pluginRefusal(parts, recipe)) ?? (await pythonRefusal(parts, manifest))
    if (missing !== null) refusals.push(missing)
  }
  const builder = builderOf(recipe.to)
  const status = builder === null ? null : await parts.describeBackend(builder)
  const buildCard = buildCardOf(recipe, gpus)
  const refusal = builder === null ? null : builderRefusal(builder, status, buildCard.card, recipe)
  // No graph is made for an engine that the chosen card could never run.
  if (refusal?.record.code === 'unsupported-precision') refusals.push(refusal.record)
  const library = status === null ? null : libraryOf(status)
  const known = await knownSteps(parts, recipe, { manifest, folder }, library, buildCard)
  const steps = recipeSteps(recipe).map((name) => known.find((step) => step.name === name) ?? { name, ...notKnown })
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

async function pluginRefusal(
  { plugins }: ConversionDependencies,
  { engine }: Recipe,
): Promise<BenchErrorRecord | null> {
  if (engine?.plugin === undefined) return null
  try {
    await plugins.find(engine.plugin)
    return null
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return error.record
  }
}

/** What exports and transforms graphs; a user's file needs no PyTorch. The environment reports what it lacks. */
function pythonBackends({ source }: ModelManifest): readonly BackendId[] {
  if (source.library === 'file') return ['onnxruntime']
  const exporter = exporterOf({ source })
  return backendRows[exporter].environment === 'main' ? [exporter] : [exporter, 'onnxruntime']
}

async function pythonRefusal(parts: ConversionDependencies, manifest: ModelManifest): Promise<BenchErrorRecord | null> {
  for (const backend of pythonBackends(manifest)) {
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

type KnownStep = ConversionCheck['steps'][number]

/** The keys that follow from the recipe and the files on disk. */
async function knownSteps(
  parts: ConversionDependencies,
  recipe: Recipe,
  model: KnownModel,
  library: string | null,
  { identity: gpus }: BuildCard,
): Promise<readonly KnownStep[]> {
  const { keyed, toolVersions } = parts
  const { manifest } = model
  const tools = await toolVersions()
  const steps = new Set(recipeSteps(recipe))
  const known: KnownStep[] = []
  const look = async (name: KnownStep['name'], artifactKey: string): Promise<Artifact | null> => {
    const artifact = await keyed.peek(artifactKey)
    known.push({ name, artifactKey, cached: artifact !== null })
    return artifact
  }
  const exported = await exportKeyOf(recipe, manifest, tools)
  let graph = exported === null ? null : await look('export', exported)
  if (graph !== null && steps.has('simplify')) graph = await look('simplify', simplifyKey(graph, tools))
  if (graph === null) return known
  const calibration =
    recipe.calibration === null ? null : await knownCalibration(parts, recipe.calibration, recipe, model)
  if (calibration === null && recipe.calibration !== null) return known
  if (steps.has('precision')) {
    graph = await look('precision', precisionKey({ source: graph, recipe, manifest, calibration, tools }))
    if (graph?.sensitivity && steps.has('sensitivity')) {
      known.push({ name: 'sensitivity', artifactKey: graph.key ?? null, cached: true })
    }
  }
  if (graph === null || library === null || !steps.has('engine')) return known
  const ownCalibration = rowOfTarget(recipe.to).lowersPrecision ? calibration : null
  await look('engine', engineKey({ source: graph, recipe, manifest, calibration: ownCalibration, library, gpus }))
  return known
}

/**
 * The shipped images, if they are already prepared. A user's folder may be large and is read only when the conversion
 * starts.
 */
async function knownCalibration(
  { images }: ConversionDependencies,
  calibration: Calibration,
  { size }: Recipe,
  { manifest, folder }: KnownModel,
): Promise<PreparedImageSet | null> {
  if (calibration.imageFolder !== null) return null
  const notPrepared = new Error('The images are not prepared yet.')
  const reader = { taskWorker: () => Promise.reject(notPrepared) }
  const request = { manifest, modelFolder: folder, size: size?.opt ?? null, calibration }
  try {
    const signal = new AbortController().signal
    return await images.calibration(reader, { ...request, onProgress: () => {}, signal })
  } catch (error) {
    if (error === notPrepared || error instanceof BenchError) return null
    throw error
  }
}

async function exportKeyOf(
  recipe: Recipe,
  manifest: ModelManifest,
  tools: Readonly<Record<string, string>>,
): Promise<string | null> {
  const plugin = recipe.engine?.plugin?.sha256
  const [shipped] = manifest.artifacts
  if (manifest.source.library === 'file' && shipped) {
    return ownFileKey(manifest.source.revision ?? shipped.sha256, shipped.sha256, plugin)
  }
  const own = manifest.artifacts.find(({ precision }) => precision === 'fp32')
  if (manifest.source.library === 'own' && own?.opset === recipe.opset)
    return ownFileKey(own.sha256, own.sha256, plugin)
  if (recipe.weights.kind !== 'seeded') return null
  const weights = { origin: 'seeded', folder: null, seed: recipe.seed, sha256: null, reason: '' } as const
  return exportKey({ manifest, weights, opset: recipe.opset }, tools)
}
