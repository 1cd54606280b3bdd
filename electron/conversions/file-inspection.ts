// What is inside an artifact or a file of the user's, read by a worker in the environment that can read it. An engine is
// code: opening one needs its hash checked (artifacts) or the user's consent (files). An engine that cannot be opened on
// this machine is shown as the graph it was built from, and the answer says so. Throws BenchErrors.

import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { type Artifact, isOfTestBuilder } from '../../shared/domain/artifact.ts'
import { foreignKindOf } from '../../shared/domain/artifact-kind.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import type { InspectedFile, Inspection } from '../../shared/domain/inspection.ts'
import type { PluginFile } from '../../shared/domain/plugin.ts'
import { precisionLabel } from '../../shared/domain/precision.ts'
import type { OpenTaskWorker } from '../backends/backend-driver.ts'
import type { ArtifactStore, FileInspector, RunStore } from '../services.ts'

interface InspectionParts {
  readonly artifacts: Pick<ArtifactStore, 'find' | 'list'>
  readonly runs: Pick<RunStore, 'list' | 'open'>
  readonly openTaskWorker: OpenTaskWorker
  /** This machine's, in CUDA's order. */
  readonly gpus: () => Promise<readonly Gpu[]>
  readonly log: (line: string) => void
}

/** The newest runs that are searched for times. */
const searchedRuns = 50
const readerOf: Readonly<Record<Inspection['of'], BackendId>> = { engine: 'tensorrt', graph: 'onnxruntime' }
/** Nothing is wrong with the engine: this machine cannot open it. */
const cannotOpenHere: ReadonlySet<BenchErrorCode> = new Set(['backend-unavailable', 'python-unavailable'])

export function createFileInspector(parts: InspectionParts): FileInspector {
  return {
    inspectFile: async (file, consent, plugin = null) => {
      const of = contentOf(file)
      if (!(await stat(file).catch(() => null))?.isFile()) throw missing(file)
      if (of === 'engine' && !consent) throw untrusted(file)
      const inspection = await read(parts, file, of, { plugin: of === 'engine' ? plugin : null })
      const loaded = loadedPlugin(of === 'engine' ? plugin : null)
      return { name: basename(file), sha256: null, inspection, instead: null, ...loaded, times: null }
    },
    inspectArtifact: async (name, plugin = null) => {
      const artifact = await parts.artifacts.find(name)
      return {
        name: `${artifact.kind} ${artifact.sha256.slice(0, 8)} of ${artifact.modelId}, ${precisionLabel(artifact.precision)}`,
        sha256: artifact.sha256,
        ...(await contentOfArtifact(parts, artifact, artifact.plugin ?? plugin)),
        times: await layerTimesOf(parts, artifact.sha256),
      }
    },
  }
}

async function contentOfArtifact(
  parts: InspectionParts,
  artifact: Artifact,
  plugin: PluginFile | null,
): Promise<Pick<InspectedFile, 'inspection' | 'instead' | 'plugin'>> {
  if (artifact.kind === 'onnx' || artifact.kind === 'onnxruntime-optimized') {
    return { inspection: await read(parts, artifact.file, 'graph'), instead: null }
  }
  const reason = await openedOr(parts, artifact, plugin)
  if (typeof reason !== 'string') return { inspection: reason, instead: null, ...loadedPlugin(plugin) }
  const source = (await parts.artifacts.list()).find(({ sha256 }) => artifact.parents.includes(sha256))
  if (source === undefined) {
    throw new BenchError({
      code: 'backend-unavailable',
      stage: 'load',
      message: reason,
      remedy: 'The ONNX file that it was built from was not found either. Convert the model again.',
    })
  }
  return {
    inspection: await read(parts, source.file, 'graph'),
    instead: `${reason} Shown are the nodes of the ONNX file that it was built from.`,
  }
}

/** The engine's own layers, or why they cannot be read. */
async function openedOr(
  parts: InspectionParts,
  artifact: Artifact,
  plugin: PluginFile | null,
): Promise<Inspection | string> {
  if (isOfTestBuilder(artifact)) return 'The test builder made this engine, and nothing opens what it makes.'
  if (artifact.kind !== 'tensorrt-engine') return `Layers of the kind ${artifact.kind} cannot be read.`
  try {
    return await read(parts, artifact.file, 'engine', { visibleGpu: await cardOf(parts, artifact), plugin })
  } catch (error) {
    if (!(error instanceof BenchError) || !cannotOpenHere.has(error.record.code)) throw error
    return `${error.record.message} ${error.record.remedy}`
  }
}

/** The card that it was built on, if it is still here; null to leave the choice to CUDA. */
async function cardOf({ gpus }: InspectionParts, { card }: Artifact): Promise<string | null> {
  return (await gpus()).find(({ uuid }) => uuid && uuid === card?.uuid)?.uuid ?? null
}

async function read(
  { openTaskWorker, log }: InspectionParts,
  file: string,
  of: Inspection['of'],
  {
    visibleGpu = null,
    plugin = null,
  }: { readonly visibleGpu?: string | null; readonly plugin?: PluginFile | null } = {},
): Promise<Inspection> {
  const { signal } = new AbortController()
  const worker = await openTaskWorker(readerOf[of], log, signal, visibleGpu)
  try {
    return (await worker.request('inspect-file', { file, of, ...(plugin !== null && { plugin }) }, signal)).inspection
  } finally {
    await worker.close()
  }
}

function loadedPlugin(plugin: PluginFile | null): Pick<InspectedFile, 'plugin'> {
  return plugin === null ? {} : { plugin: { name: plugin.name, sha256: plugin.sha256 } }
}

async function layerTimesOf({ runs, log }: InspectionParts, sha256: string): Promise<InspectedFile['times']> {
  const newest = [...(await runs.list())].sort((left, right) => right.createdAt.localeCompare(left.createdAt))
  for (const { runId } of newest.slice(0, searchedRuns)) {
    const record = await runs
      .open(runId)
      .catch((error: unknown) => log(`${runId} was not searched for times: ${error}`))
    const cases = record?.groups.flatMap((group) => group.cases) ?? []
    for (const { artifactSha256, layerTimes } of cases) {
      if (artifactSha256 !== sha256 || layerTimes === undefined || !('layers' in layerTimes)) continue
      const { method, layers, otherMs } = layerTimes
      const ms = Object.fromEntries(layers.map(({ name, timeMs }) => [name, timeMs]))
      return { runId, method, ms, totalMs: layers.reduce((sum, { timeMs }) => sum + timeMs, otherMs) }
    }
  }
  return null
}

function contentOf(file: string): Inspection['of'] {
  const extension = extname(file).toLowerCase()
  if (extension === '.onnx') return 'graph'
  if (foreignKindOf(extension) === 'tensorrt-engine') return 'engine'
  throw new BenchError({
    code: 'bad-usage',
    stage: 'load',
    message: `${file} is neither an ONNX file nor a TensorRT engine.`,
    remedy: 'Choose a file that ends in .onnx, .engine, .plan or .trt.',
  })
}

function missing(file: string): BenchError {
  const message = `${file} was not found.`
  return new BenchError({ code: 'missing-artifact', stage: 'load', message, remedy: 'Check the path.' })
}

function untrusted(file: string): BenchError {
  return new BenchError({
    code: 'untrusted-engine',
    stage: 'load',
    message: `${file} was built elsewhere, and an engine is code: opening it runs that code.`,
    remedy: 'Inspect it only if you trust its source: add --trust-engine.',
  })
}
