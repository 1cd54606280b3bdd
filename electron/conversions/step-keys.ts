// The keys under which the artifacts of a conversion are kept: the hash of everything that matters to the result. An
// engine's own hash is never part of one, since equal builds differ by bytes.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { valueSha256 } from '../inputs/file-hash.ts'
import type { PreparedImageSet } from '../parity/image-set.ts'

type Versions = Readonly<Record<string, string>>
type Source = Pick<Artifact, 'sha256'>

/** Raised when the app's own work on graphs changes what comes out. */
const graphVersion = 1
/** Raised when the app's own work around builders changes what comes out. */
const builderVersion = 1

export function ownFileKey(sha256: string): string {
  return valueSha256({ step: 'own-file', graphVersion, sha256 })
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
  /** Null where the builder does not calibrate by itself. */
  readonly calibration: PreparedImageSet | null
  /** What really builds, with its exact version. */
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
    batch: [batch.min, batch.opt, batch.max],
    size: size === null ? null : [size.min, size.opt, size.max],
    options: engine === null ? null : sorted(engine),
    calibration: calibrationFacts(recipe, calibration),
    library: libraryInKeys(library),
    gpus,
    ...(recipe.build === undefined ? {} : { build: recipe.build }),
  })
}

/** Keys keep the name by which TensorRT-RTX first reported itself, so that engines built before are found again. */
export function libraryInKeys(library: string): string {
  return library.replace(/^TensorRT-RTX\b/, 'TensorRT for RTX')
}

function calibrationFacts(recipe: Recipe, images: PreparedImageSet | null) {
  return images === null ? null : { method: recipe.calibration?.method ?? null, array: images.input.sha256 }
}

function sorted<Value>(values: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  return Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1))
}
