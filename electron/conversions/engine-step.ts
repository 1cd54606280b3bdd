// The last step of most conversions: a backend's builder makes its kind of artifact from the ONNX file, in its own
// process. Without a builder here it reports the reason and the remedy; earlier results are kept.

import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { rowOfTarget } from '../../shared/domain/artifact-kind.ts'
import { builderOf } from '../../shared/domain/backend.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { type ShapedInput, shapedInputs } from '../../shared/planning/input-shapes.ts'
import { makeFolder, writing } from '../store/atomic-file.ts'
import { type BuildCard, cardInRecord } from './build-card.ts'
import { builderRefusal, libraryOf } from './builder-refusal.ts'
import type { ConversionJob, StepFrame, StepOutcome } from './conversion-job.ts'
import { calibrationArray, calibrationFacts } from './graph-steps.ts'
import { pluginInFolder } from './plugin-library.ts'
import { engineKey, kept, libraryInKeys, unjudgedParity } from './step-artifacts.ts'

export async function engineStep(job: ConversionJob, frame: StepFrame, source: Artifact): Promise<StepOutcome> {
  const { recipe, manifest, parts, signal, recorder } = job
  const { to, engine } = recipe
  const backend = builderOf(to)
  if (backend === null || engine === null) throw new Error(`${to} has no builder.`)
  const status = await parts.describeBackend(backend)
  const buildCard = await job.buildCard()
  const refusal = builderRefusal(backend, status, buildCard.card, recipe)
  if (refusal !== null) throw refusal
  const library = libraryOf(status)
  const calibration = rowOfTarget(to).lowersPrecision ? await job.calibration(frame) : null
  const key = engineKey({ source, recipe, manifest, calibration, library, gpus: buildCard.identity })
  const outcome = await kept(job, frame, key, async (folder, logFile) => {
    const file = join(folder, rowOfTarget(to).fileName)
    const onnxFile = (await job.whole(source)).file
    const timingCacheFile =
      rowOfTarget(to).hasTimingCache && engine.timingCache
        ? (engine.timingCacheFile ?? (await timingCache(job, library, buildCard)))
        : null
    const plugin =
      engine.plugin === undefined ? null : await pluginInFolder(await parts.plugins.find(engine.plugin), folder)
    const worker = await frame.worker(backend, buildCard.visibleGpu)
    const built = await worker.request(
      'build-engine',
      {
        backend,
        model: manifest,
        onnxFile,
        outFile: file,
        logFile,
        precision: recipe.precision,
        batch: recipe.batch,
        size: recipe.size,
        inputs: inputProfiles(recipe, manifest),
        options: engine,
        timingCacheFile,
        plugin,
        calibration: calibrationArray(job, calibration),
        threads: parts.threads,
      },
      signal,
      frame.onProgress,
    )
    return {
      file,
      facts: {
        kind: built.kind,
        modelId: manifest.id,
        precision: recipe.precision,
        opset: source.opset,
        sha256: built.sha256,
        sizeBytes: built.sizeBytes,
        buildTimeMs: built.buildTimeMs,
        parents: [source.sha256],
        weights: source.weights,
        parity: unjudgedParity,
        layerPrecision: built.layerPrecision,
        weightPrecision: built.weightPrecision,
        precisionProof: built.precisionProof,
        keptInFp32: source.keptInFp32 ?? [],
        batch: recipe.batch,
        size: recipe.size,
        options: built.options,
        activationBytes: built.activationBytes.value,
        weightBytes: built.weightBytes.value,
        calibration: calibration === null ? (source.calibration ?? null) : (calibrationFacts(job, calibration) ?? null),
        tools: built.tools,
        ...(source.exporter && { exporter: source.exporter }),
        step: 'engine',
        machine: built.machine,
        ...cardInRecord(buildCard),
        ...(plugin !== null && { plugin }),
        ...(recipe.build === undefined ? {} : { build: recipe.build }),
      },
    }
  })
  const proof = outcome.artifact.precisionProof
  if (proof && !proof.holds) {
    const label = precisionLabel(recipe.precision)
    await recorder.warn(
      `The engine is not proved to be ${label}: it is ${proof.label}. It is not offered for benchmarking as ${label}.`,
    )
  }
  return outcome
}

/** The shape of each input at the smallest, the best and the largest batch; null where the manifest lists none. */
function inputProfiles({ batch, size }: Recipe, manifest: ModelManifest) {
  if (manifest.inputs === undefined) return null
  const [min, opt, max] = (['min', 'opt', 'max'] as const).map((end) =>
    shapedInputs({ inputSize: size?.[end] ?? null }, manifest, batch[end]),
  )
  const shapeOf = (inputs: readonly ShapedInput[] | undefined, index: number) => [...(inputs?.[index]?.shape ?? [])]
  return manifest.inputs.map(({ name }, index) => ({
    ...{ name, min: shapeOf(min, index), opt: shapeOf(opt, index), max: shapeOf(max, index) },
  }))
}

/** One for each library and GPU: another's timings are useless. */
async function timingCache({ parts }: ConversionJob, library: string, { identity }: BuildCard): Promise<string> {
  const name = createHash('sha256')
    .update(`${libraryInKeys(library)}\n${identity}`)
    .digest('hex')
    .slice(0, 16)
  await writing(parts.timingFolder, () => makeFolder(parts.timingFolder))
  return join(parts.timingFolder, basename(`${name}.cache`))
}
