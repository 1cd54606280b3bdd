// The FP32 outputs that artifacts are compared with, computed once for a model's weights, images and library versions and
// kept on disk: <key>/outputs.json, written last, marks the arrays beside it as complete. The most recently used are kept.

import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type BackendId, backendLabels, exporterOf } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { ResolvedWeights, WorkerCase } from '../../shared/domain/worker-case.ts'
import type { OutputArray } from '../../shared/statistics/output-array.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import type { BackendDriver, TaskProgress } from '../backends/backend-driver.ts'
import { fileSha256, valueSha256 } from '../inputs/file-hash.ts'
import { outputArrays } from '../inputs/output-arrays.ts'
import type { PreparedInputs } from '../inputs/prepared-inputs.ts'
import { jsonText, writeAtomically, writing } from '../store/atomic-file.ts'
import { removeLeftovers, unfinishedName } from '../store/leftovers.ts'
import { readSmallText } from '../store/regular-file.ts'

export interface ReferenceDependencies {
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  /** Cached reference outputs, content-addressed; safe to delete. */
  readonly referencesFolder: string
  /** Versions of the libraries that compute references (torch, …), for their key. */
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
  readonly threads: number
}

export interface ReferenceRequest {
  readonly manifest: ModelManifest
  readonly modelFolder: string
  readonly weights: ResolvedWeights
  /** The user's own FP32 file where the model is one (`source.library` is `file`); null elsewhere. */
  readonly ownFile: { readonly file: string; readonly sha256: string } | null
  readonly evaluation: PreparedInputs
  readonly onProgress: TaskProgress
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const listName = 'outputs.json'
const mostReferences = 24
const listSchema = z.array(
  z.object({
    ...{ name: z.string(), file: z.string(), sha256: z.string() },
    shapes: z.array(z.array(z.number().int().nonnegative())).optional(),
  }),
)
type OutputList = z.infer<typeof listSchema>

/** Throws BenchError `backend-unavailable` where nothing here computes the reference. */
export async function referenceOutputs(
  dependencies: ReferenceDependencies,
  request: ReferenceRequest,
): Promise<readonly OutputArray[]> {
  const { manifest } = request
  const driver = await referenceDriver(dependencies.drivers, request)
  const folder = join(dependencies.referencesFolder, await keyOf(dependencies, request, driver.id))
  const outputs = (await wholeList(folder)) ?? (await compute(dependencies, request, driver, folder))
  const now = new Date()
  await utimes(folder, now, now).catch(() => {})
  return outputArrays(
    manifest,
    outputs.map(({ file, ...output }) => ({ ...output, file: join(folder, file) })),
  )
}

/** At the smallest batch: batches must not matter, so one of another size is held against the same. */
function referenceBatchSize({ optimizationProfile }: ModelManifest): number {
  return optimizationProfile.min
}

async function referenceDriver(
  drivers: ReadonlyMap<BackendId, BackendDriver>,
  { manifest, ownFile }: ReferenceRequest,
): Promise<BackendDriver> {
  const backends: readonly BackendId[] = ownFile !== null ? ['onnxruntime', 'onnxruntime-node'] : [exporterOf(manifest)]
  let why = { reason: `This version does not include ${backendLabels[backends[0] ?? 'torch-eager']}.`, remedy: '' }
  for (const backend of backends) {
    const driver = drivers.get(backend)
    const status = await driver?.describe()
    if (driver !== undefined && status?.available === true) return driver
    if (status !== undefined) why = { reason: status.reason ?? why.reason, remedy: status.remedy ?? '' }
  }
  throw new BenchError({
    code: 'backend-unavailable',
    stage: 'parity',
    message: `The FP32 reference cannot be computed. ${why.reason}`,
    remedy: why.remedy === '' ? 'Set up the Python environment.' : why.remedy,
  })
}

async function keyOf(
  { toolVersions }: ReferenceDependencies,
  { manifest, weights, ownFile, evaluation }: ReferenceRequest,
  backend: BackendId,
): Promise<string> {
  return valueSha256({
    model: manifest.id,
    source: manifest.source,
    outputs: manifest.outputs,
    weights: {
      origin: weights.origin,
      sha256: weights.sha256,
      seed: weights.origin === 'seeded' ? weights.seed : null,
    },
    ownFile: ownFile?.sha256 ?? null,
    input: [evaluation.input.sha256, evaluation.input.shape],
    ...(evaluation.feeds && { feeds: evaluation.feeds.map(({ name, sha256, shape }) => [name, sha256, shape]) }),
    batchSize: referenceBatchSize(manifest),
    backend,
    tools: await toolVersions(),
  })
}

/** Null where the folder holds no whole reference: absent, half-written or damaged. */
async function wholeList(folder: string): Promise<OutputList | null> {
  try {
    const list = listSchema.parse(JSON.parse((await readSmallText(join(folder, listName))) ?? ''))
    for (const { file, sha256 } of list) if ((await fileSha256(join(folder, file))) !== sha256) return null
    return list
  } catch {
    return null
  }
}

async function compute(
  { referencesFolder, threads }: ReferenceDependencies,
  { manifest, modelFolder, weights, ownFile, evaluation, onProgress, log, signal }: ReferenceRequest,
  driver: BackendDriver,
  folder: string,
): Promise<OutputList> {
  onProgress(null, `Computing the FP32 reference with ${backendLabels[driver.id]}`)
  const unfinished = unfinishedName(folder)
  try {
    const written = await writeCaseOutputs({
      driver,
      folder: unfinished,
      log,
      signal,
      workerCase: {
        backend: driver.id,
        precision: 'fp32',
        model: manifest,
        modelFolder,
        weights: { origin: weights.origin, folder: weights.folder, seed: weights.seed },
        onnxFile: ownFile?.file ?? null,
        engineFile: null,
        batchSize: referenceBatchSize(manifest),
        input: evaluation.input,
        ...(evaluation.feeds && { feeds: [...evaluation.feeds] }),
        device: 'cpu',
        threads,
        options: {},
      },
    })
    const list = written.map(({ name, file, sha256, shapes }) => ({
      ...{ name, file: basename(file), sha256 },
      ...(shapes && { shapes }),
    }))
    await writeAtomically(join(unfinished, listName), jsonText(list))
    await rm(folder, { recursive: true, force: true })
    await writing(folder, () => rename(unfinished, folder))
    await forgetOldest(referencesFolder)
    return list
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function forgetOldest(referencesFolder: string): Promise<void> {
  await mkdir(referencesFolder, { recursive: true })
  await removeLeftovers(referencesFolder)
  const names = (await readdir(referencesFolder)).filter((name) => !name.endsWith('.unfinished'))
  const used = await Promise.all(
    names.map(async (name) => ({ name, usedMs: (await stat(join(referencesFolder, name))).mtimeMs })),
  )
  used.sort((left, right) => right.usedMs - left.usedMs)
  for (const { name } of used.slice(mostReferences))
    await rm(join(referencesFolder, name), { recursive: true, force: true })
}

export interface OutputsJob {
  readonly driver: BackendDriver
  readonly workerCase: WorkerCase
  /** The only GPU that the worker sees; absent or null to leave it. */
  readonly visibleGpu?: string | null
  /** Made where it does not exist. */
  readonly folder: string
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** Outputs of one case over all of its images, from a fresh worker that is gone when this returns. Not timed. */
export async function writeCaseOutputs(job: OutputsJob): Promise<RequestResult<'write-outputs'>['outputs']> {
  const { driver, workerCase, visibleGpu, folder, log, signal } = job
  signal.throwIfAborted()
  await writing(folder, () => mkdir(folder, { recursive: true }))
  const worker = await driver.open(log, signal, visibleGpu)
  try {
    await worker.request('prepare', { case: workerCase }, signal)
    return (await worker.request('write-outputs', { folder }, signal)).outputs
  } finally {
    await worker.close()
  }
}
