// The steps that make an ONNX file: the export (or the user's own file), the simplified graph, the graph in another
// precision. Each looks its result up by key before making it.

import { copyFile, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { type Artifact, exporterWords } from '../../shared/domain/artifact.ts'
import { advisedCalibrationImages } from '../../shared/domain/recipe.ts'
import { fewCalibrationImages } from '../../shared/planning/recipe.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import { exportedArtifact, noArtifact, shippedArtifact } from '../inputs/onnx-artifact.ts'
import type { PreparedImageSet } from '../parity/image-sets.ts'
import { writing } from '../store/atomic-file.ts'
import type { ConversionJob, StepFrame, StepOutcome } from './conversion-job.ts'
import { leftToPlugins, registeredOperators } from './plugin-operators.ts'
import { kept, ownFileKey, precisionKey, quantizationChoice, simplifyKey, unjudgedParity } from './step-artifacts.ts'

const graphTools = 'torch-eager'

export async function exportStep(job: ConversionJob, frame: StepFrame): Promise<StepOutcome> {
  const own = await ownFile(job)
  if (own !== null) return keepOwnFile(job, frame, own)
  const { manifest, modelFolder, recipe, parts, signal } = job
  const weights = await job.weights(frame)
  let made = false
  const artifact = await exportedArtifact(
    {
      keyed: parts.keyed,
      toolVersions: () => job.tools(),
      taskWorker: () => {
        made = true
        return frame.worker(job.exporter)
      },
    },
    {
      manifest,
      model: recipe.model,
      modelFolder,
      weights,
      opset: recipe.opset,
      inputFile: async () => (await job.evaluation(frame)).input.file,
    },
    frame.onProgress,
    signal,
  )
  const reasons = [
    ...(weights.origin === 'seeded' ? [weights.reason] : []),
    ...(artifact.exporter ? [exporterWords(artifact.exporter)] : []),
  ]
  return { artifact, cached: !made, reason: reasons.length === 0 ? null : reasons.join(' ') }
}

/**
 * The file itself, with its hash checked: the private copy of a user's model, or a shipped one. Null if it must be
 * exported from PyTorch: a library's model, or one of ours at another opset than it ships.
 */
export async function ownFile({ manifest, modelFolder, recipe }: ConversionJob): Promise<Artifact | null> {
  const { library } = manifest.source
  if (library === 'file') {
    const [shipped] = manifest.artifacts
    const found = shipped === undefined ? null : await shippedArtifact(manifest, modelFolder, shipped.precision)
    if (found === null) throw noArtifact(manifest, recipe.precision)
    return found
  }
  if (library !== 'own') return null
  const found = await shippedArtifact(manifest, modelFolder, 'fp32')
  return found?.opset === recipe.opset ? found : null
}

/** The checked file itself, with its external data. */
async function keepOwnFile(job: ConversionJob, frame: StepFrame, own: Artifact): Promise<StepOutcome> {
  const { manifest, modelFolder, parts, recipe, signal } = job
  const plugin = recipe.engine?.plugin
  const stored = manifest.artifacts.find(({ precision }) => precision === own.precision)
  const key = ownFileKey(own.sha256, stored?.sha256, plugin?.sha256)
  let reason: string | null = null
  const outcome = await kept(job, frame, key, async (folder) => {
    const file = join(folder, 'model.onnx')
    const registered = plugin === undefined ? null : await registeredOperators(job, frame, plugin)
    const worker = await frame.worker(graphTools)
    const letThrough = plugin !== undefined && { customOperators: true, ...(registered && { registered }) }
    const checked = await worker.request('check-onnx', { file: own.file, ...letThrough }, signal)
    if (plugin !== undefined) {
      reason = leftToPlugins(plugin, checked.pluginOperators ?? [])
      frame.log(reason)
    }
    // The private folder of a user's model holds the model and its data, and nothing else.
    if (manifest.source.library === 'file') await writing(folder, () => cp(modelFolder, folder, { recursive: true }))
    else await writing(file, () => copyFile(own.file, file))
    parts.log(`${manifest.name}: took its own file`)
    const { file: _, ...facts } = own
    return { file, facts: { ...facts, step: 'export', parity: unjudgedParity } }
  })
  return { ...outcome, reason }
}

export async function simplifyStep(job: ConversionJob, frame: StepFrame, source: Artifact): Promise<StepOutcome> {
  return kept(job, frame, simplifyKey(source, await job.tools()), async (folder) => {
    const file = join(folder, 'model.onnx')
    const worker = await frame.worker(graphTools)
    const inFile = (await job.whole(source)).file
    const made = await worker.request('simplify-onnx', { inFile, outFile: file }, job.signal, frame.onProgress)
    return { file, facts: { ...graphFacts(made, source), step: 'simplify', precision: source.precision } }
  })
}

export async function precisionStep(job: ConversionJob, frame: StepFrame, source: Artifact): Promise<StepOutcome> {
  const { recipe, manifest, recorder, signal } = job
  const { precision, elsewhere } = recipe
  if (precision === 'fp32' || precision === 'tf32') throw new Error('This precision transforms no graph.')
  if (source.precision === precision) {
    return { artifact: source, cached: true, reason: 'The file is of this precision already.' }
  }
  const calibration = await job.calibration(frame)
  if (calibration !== null && calibration.images.used < advisedCalibrationImages) {
    await recorder.warn(fewCalibrationImages(calibration.images.used))
  }
  const key = precisionKey({ source, recipe, manifest, calibration, tools: await job.tools() })
  return kept(job, frame, key, async (folder) => {
    const file = join(folder, 'model.onnx')
    const worker = await frame.worker(graphTools)
    const made = await worker.request(
      'convert-precision',
      {
        inFile: (await job.whole(source)).file,
        outFile: file,
        precision,
        elsewhere: elsewhere ?? 'fp32',
        keepOperators: [...job.keepOperators()],
        keepNodes: [...recipe.keepNodes],
        calibration: calibrationArray(job, calibration),
      },
      signal,
      frame.onProgress,
    )
    const facts = { ...graphFacts(made, source), step: 'precision' as const, precision }
    return { file, facts: { ...facts, calibration: calibrationFacts(job, calibration) } }
  })
}

/** Measured on the graph that INT8 was made from; added to the result of the precision step. */
export async function sensitivityStep(
  job: ConversionJob,
  frame: StepFrame,
  source: Artifact,
  quantized: Artifact,
): Promise<StepOutcome> {
  if (quantized.sensitivity) return { artifact: quantized, cached: true, reason: null }
  const calibration = calibrationArray(job, await job.calibration(frame))
  if (calibration === null) throw new Error('Sensitivity is measured of what was calibrated.')
  const { manifest, recipe, parts, signal } = job
  const worker = await frame.worker(graphTools)
  const { input, feeds } = await job.evaluation(frame)
  const { layers } = await worker.request(
    'measure-sensitivity',
    {
      inFile: (await job.whole(source)).file,
      keepOperators: [...job.keepOperators()],
      keepNodes: [...recipe.keepNodes],
      calibration,
      inputFile: input.file,
      ...(feeds && { feeds: [...feeds] }),
      outputs: [...manifest.outputs],
    },
    signal,
    frame.onProgress,
  )
  const amended = await parts.keyed.amend(quantized.key ?? '', { sensitivity: layers })
  return { artifact: amended ?? quantized, cached: false, reason: `${layers.length} layers` }
}

export function calibrationArray({ recipe }: ConversionJob, images: PreparedImageSet | null) {
  if (images === null || recipe.calibration === null) return null
  const { input, feeds } = images
  return {
    ...{ file: input.file, method: recipe.calibration.method },
    ...(feeds && { feeds: [...feeds] }),
    ...quantizationChoice(recipe.calibration),
  }
}

export function calibrationFacts({ recipe }: ConversionJob, images: PreparedImageSet | null): Artifact['calibration'] {
  if (images === null || recipe.calibration === null) return null
  return {
    method: recipe.calibration.method,
    imageCount: images.images.used,
    source: images.source,
    sha256: images.sha256,
    elsewhere: recipe.elsewhere ?? 'fp32',
    ...quantizationChoice(recipe.calibration),
  }
}

function graphFacts(made: RequestResult<'convert-precision'>, source: Artifact) {
  return {
    kind: 'onnx' as const,
    modelId: source.modelId,
    opset: made.opset,
    sha256: made.sha256,
    sizeBytes: made.sizeBytes,
    buildTimeMs: made.buildTimeMs,
    parents: [source.sha256],
    weights: source.weights,
    parity: unjudgedParity,
    layerPrecision: made.layerPrecision,
    weightPrecision: made.weightPrecision,
    keptInFp32: made.keptInFp32,
    tools: made.tools,
    ...(source.exporter && { exporter: source.exporter }),
  }
}
