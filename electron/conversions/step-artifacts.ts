// The keys of a conversion's artifacts: the hash of everything that affects the result. An engine's own hash is never
// part of a key, since equal builds differ in bytes.

import { stat, writeFile } from 'node:fs/promises'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionStepName } from '../../shared/domain/conversion.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Calibration, EngineOptions, Recipe } from '../../shared/domain/recipe.ts'
import { valueSha256 } from '../inputs/file-hash.ts'
import type { BuiltArtifact } from '../inputs/keyed-artifacts.ts'
import type { PreparedImageSet } from '../parity/image-sets.ts'
import { writing } from '../store/atomic-file.ts'
import type { ConversionJob, StepFrame, StepOutcome } from './conversion-job.ts'

type Versions = Readonly<Record<string, string>>
type Source = Pick<Artifact, 'sha256'>

/** Increase it when the app's own graph changes produce another result. */
const graphVersion = 1
/** Increase it when the app's own code around builders produces another result. */
const builderVersion = 1

/**
 * @param sha256 with external data. @param fileSha256 without. Where they differ, an older artifact holds the data beside
 * its sidecar, which may have overwritten it: it is not found again. @param pluginSha256 of the plugin library whose
 * operators were let through.
 */
export function ownFileKey(sha256: string, fileSha256: string = sha256, pluginSha256?: string): string {
  const layout = sha256 === fileSha256 ? {} : { layout: 'content' }
  return valueSha256({
    step: 'own-file',
    graphVersion,
    sha256,
    ...layout,
    ...(pluginSha256 && { plugin: pluginSha256 }),
  })
}

export function simplifyKey({ sha256 }: Source, tools: Versions): string {
  return valueSha256({ step: 'simplify', graphVersion, onnx: sha256, tools: sorted(tools) })
}

export interface PrecisionKeyParts {
  readonly source: Source
  readonly recipe: Recipe
  readonly manifest: ModelManifest
  readonly calibration: PreparedImageSet | null
  readonly tools: Versions
}

export function precisionKey({ source, recipe, manifest, calibration, tools }: PrecisionKeyParts): string {
  return valueSha256({
    step: 'precision',
    graphVersion,
    onnx: source.sha256,
    precision: recipe.precision,
    elsewhere: recipe.elsewhere,
    keepOperators: [...(recipe.keepOperators ?? manifest.keepInFp32.map(({ operator }) => operator))].sort(),
    keepNodes: [...recipe.keepNodes].sort(),
    calibration: calibrationFacts(recipe, calibration),
    tools: sorted(tools),
  })
}

export interface EngineKeyParts {
  readonly source: Source
  readonly recipe: Recipe
  readonly manifest: ModelManifest
  /** Null if the builder does not calibrate by itself. */
  readonly calibration: PreparedImageSet | null
  /** The actual builder with its exact version. */
  readonly library: string
  readonly gpus: string
}

export function engineKey({ source, recipe, manifest, calibration, library, gpus }: EngineKeyParts): string {
  const { engine, batch, size } = recipe
  return valueSha256({
    step: 'engine',
    builderVersion,
    to: recipe.to,
    onnx: source.sha256,
    precision: recipe.precision,
    input: manifest.input,
    ...(manifest.inputs && { inputs: manifest.inputs }),
    batch: [batch.min, batch.opt, batch.max],
    size: size === null ? null : [size.min, size.opt, size.max],
    options: engine === null ? null : sorted(optionsInKey(engine)),
    calibration: calibrationFacts(recipe, calibration),
    library: libraryInKeys(library),
    gpus,
    ...(recipe.build === undefined ? {} : { build: recipe.build }),
  })
}

/** A plugin library is its bytes, whatever the user's file is called. */
function optionsInKey({ plugin, ...options }: EngineOptions) {
  return plugin === undefined ? options : { ...options, plugin: plugin.sha256 }
}

/** Keys keep the name that TensorRT-RTX reported first, so that older engines are still found. */
export function libraryInKeys(library: string): string {
  return library.replace(/^TensorRT-RTX\b/, 'TensorRT for RTX')
}

function calibrationFacts({ calibration }: Recipe, images: PreparedImageSet | null) {
  if (images === null) return null
  const method = calibration?.method ?? null
  return { method, array: images.input.sha256, ...(calibration && quantizationChoice(calibration)) }
}

/** How INT8 rounds, if the recipe keeps the default: nothing, so that older recipes keep their keys. */
export function quantizationChoice({ scheme, overflowFix }: Calibration): Pick<Calibration, 'scheme' | 'overflowFix'> {
  return { ...(scheme === 'asymmetric' && { scheme }), ...(overflowFix && { overflowFix }) }
}

function sorted<Value>(values: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  return Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1))
}

// Finds an artifact of a conversion under its key or makes it, with its recipe so that it can be made again, and the
// log of its step.

/** For intermediate artifacts. The final result gets its own once its last step is done. */
export const unjudgedParity: Artifact['parity'] = {
  verdict: 'not-judged',
  reason: 'a step on the way: the result of a conversion is what is compared',
  byBatchSize: [],
}

export async function kept(
  job: ConversionJob,
  frame: StepFrame,
  key: string,
  build: (folder: string, logFile: string) => Promise<Omit<BuiltArtifact, 'recipe'>>,
): Promise<StepOutcome> {
  const { keyed } = job.parts
  const found = await keyed.lookUp(key)
  if (found !== null) return { artifact: found, cached: true, reason: null }
  let made = false
  const onWait = () => frame.onProgress(null, 'Waiting for another process that makes the same artifact')
  const artifact = await keyed.make(key, { signal: job.signal, onWait }, async (folder, logFile) => {
    made = true
    const built = await build(folder, logFile)
    await writeLog(logFile, frame.lines)
    return { ...built, recipe: recipeUpTo(job, built.facts) }
  })
  return { artifact, cached: !made, reason: null }
}

/** If the builder wrote one itself, it stays. */
async function writeLog(file: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0 || (await stat(file).catch(() => null)) !== null) return
  await writing(file, () => writeFile(file, lines.map((line) => `${line}\n`).join('')))
}

const graphSteps: readonly ConversionStepName[] = ['export', 'simplify', 'precision']

/** The part of the recipe that leads to this step's artifact, with the hashes of the ONNX steps' results. */
function recipeUpTo(job: ConversionJob, { step, sha256 }: BuiltArtifact['facts']): Recipe {
  const { build: _build, ...recipe } = job.recipe
  const isGraph = graphSteps.some((name) => name === step)
  const expected = [...job.hashes, ...(isGraph && step ? [{ step, sha256 }] : [])]
  if (step === 'engine') return { ...job.recipe, expected }
  const graph: Recipe = { ...recipe, to: 'onnx', engine: null, expected }
  if (step === 'precision') return { ...graph, sensitivity: false }
  const plain: Recipe = {
    ...graph,
    precision: 'fp32',
    elsewhere: null,
    calibration: null,
    sensitivity: false,
    keepOperators: null,
    keepNodes: [],
  }
  return step === 'export' ? { ...plain, simplify: false } : plain
}
