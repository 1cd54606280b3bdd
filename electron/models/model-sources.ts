// Models from a source: each is inspected once by a Python worker, and what was found is kept in the cache, so that it is
// inspected again only if the source, the size that was asked for or a library changes. What the worker stored beside it
// is what later workers build the model from. Nothing here runs or imports Python.
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import {
  type ModelReference,
  type ModelSource,
  modelReferenceText,
  type SourceFacts,
  sourceFactsSchema,
} from '../../shared/domain/model-source.ts'
import type { OpenTaskWorker, TaskProgress } from '../backends/backend-driver.ts'
import { fileSha256, valueSha256 } from '../inputs/file-hash.ts'
import type { FoundModel } from '../services.ts'
import { ignoreExisting, jsonText, writeAtomically, writing } from '../store/atomic-file.ts'
import { removeLeftovers, unfinishedName } from '../store/leftovers.ts'
import { sizeOfChanges, sourceManifest } from './source-manifest.ts'
import { type ReadCode, readCode, type TrustedCode, untrustedCode } from './trusted-code.ts'

/** Increase it when an inspection finds other things, so that older findings are not used. */
const inspectionVersion = 1

const configurationFiles = ['config.json', 'preprocessor_config.json', 'processor_config.json']
const factsFile = 'facts.json'
const commit = /^[0-9a-f]{40}$/

export interface ModelSources {
  /** Throws BenchError `untrusted-code` if the source is code whose bytes the user has not trusted. */
  find(reference: ModelReference, onProgress?: TaskProgress): Promise<FoundModel>
  /** The user has read that the source is code, and trusts its maker. Does nothing for a source that is none. */
  trust(reference: ModelReference): Promise<void>
}

export interface ModelSourcesDependencies {
  /** Findings are stored in it, one folder each. */
  readonly folder: string
  readonly trustedCode: TrustedCode
  readonly openTaskWorker: OpenTaskWorker
  /** Another library may build another network. */
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
  readonly log: (line: string) => void
}

export function createModelSources(parts: ModelSourcesDependencies): ModelSources {
  const known = new Map<string, Promise<FoundModel>>()

  async function found(reference: ModelReference, source: ModelSource, onProgress: TaskProgress): Promise<FoundModel> {
    const { code, contents } = await contentsOf(source)
    if (code !== null && !(await parts.trustedCode.has(code))) throw untrustedCode(source.place)
    const key = valueSha256({
      inspectionVersion,
      source,
      contents,
      size: sizeOfChanges(reference.changes),
      outputs: reference.changes.outputs ?? null,
      tools: await parts.toolVersions(),
    })
    const asked = `${key} ${modelReferenceText(reference)}`
    const earlier = known.get(asked)
    if (earlier !== undefined) return earlier
    const finding = inspected(parts, reference, { source, code, key }, onProgress).then(({ facts, folder }) => ({
      manifest: sourceManifest(reference, source, facts, contents),
      folder,
    }))
    known.set(asked, finding)
    finding.catch(() => known.delete(asked))
    return finding
  }

  return {
    async find(reference, onProgress = () => {}) {
      if (reference.source === null) throw new Error('a reference without a source')
      return found(reference, reference.source, onProgress)
    },
    async trust({ source }) {
      if (source?.kind === 'module') await parts.trustedCode.add(await readCode(source.place), source.place)
    },
  }
}

/** What decides what an inspection finds, beyond the source's name. */
async function contentsOf(source: ModelSource): Promise<{ code: ReadCode | null; contents: string | null }> {
  if (source.kind === 'module') {
    const code = await readCode(source.place)
    return { code, contents: code.sha256 }
  }
  if (source.kind !== 'folder') return { code: null, contents: null }
  const found = await stat(source.place).catch(() => null)
  if (!found?.isDirectory()) throw missingFolder(source.place, found !== null)
  const hashes = await Promise.all(
    configurationFiles.map(async (name) => [name, await fileSha256(join(source.place, name)).catch(() => null)]),
  )
  return { code: null, contents: valueSha256(hashes) }
}

interface Inspection {
  readonly facts: SourceFacts
  readonly folder: string
}

interface InspectedSource {
  readonly source: ModelSource
  readonly code: ReadCode | null
  readonly key: string
}

async function inspected(
  parts: ModelSourcesDependencies,
  reference: ModelReference,
  { source, code, key }: InspectedSource,
  onProgress: TaskProgress,
): Promise<Inspection> {
  const folder = join(parts.folder, key)
  // A branch of the hub may have moved since.
  const mayChange = source.kind === 'hub' && !commit.test(source.revision ?? '')
  const kept = mayChange ? null : await readFacts(folder)
  if (kept !== null) return { facts: kept, folder }
  const incoming = join(parts.folder, unfinishedName('source'))
  await writing(incoming, () => mkdir(incoming, { recursive: true, mode: 0o700 }))
  await removeLeftovers(parts.folder)
  try {
    const facts = await inspect(parts, reference, { source, code, key }, incoming, onProgress)
    await writeAtomically(join(incoming, factsFile), jsonText(facts))
    const place = mayChange ? join(parts.folder, valueSha256([key, facts.revision])) : folder
    await rename(incoming, place).catch(ignoreExisting)
    return { facts, folder: place }
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
}

async function inspect(
  { openTaskWorker, log }: ModelSourcesDependencies,
  { changes }: ModelReference,
  { source, code }: InspectedSource,
  folder: string,
  onProgress: TaskProgress,
): Promise<SourceFacts> {
  const { signal } = new AbortController()
  const worker = await openTaskWorker('torch-eager', log, signal)
  try {
    const parameters = {
      source,
      code: [...(code?.files ?? [])],
      inputSize: sizeOfChanges(changes),
      outputs: changes.outputs ?? null,
      folder,
    }
    return (await worker.request('inspect-source', parameters, signal, onProgress)).facts
  } catch (error) {
    if (source.kind === 'module' && error instanceof BenchError) throw endedByCode(error, source.place)
    throw error
  } finally {
    await worker.close()
  }
}

/** A worker that ends or hangs while it runs the user's code was ended by that code. */
function endedByCode(error: BenchError, file: string): BenchError {
  const { code, message } = error.record
  const did = { 'worker-crashed': 'ended the process that ran it', 'worker-stalled': 'did not return' }
  if (code !== 'worker-crashed' && code !== 'worker-stalled') return error
  return new BenchError({
    code: 'model-code-failed',
    stage: 'load',
    message: `The code of ${file} ${did[code]}.`,
    remedy: 'Correct the code; the log has what it printed.',
    cause: message,
  })
}

/** Null if there are none, or an older version wrote others. */
async function readFacts(folder: string): Promise<SourceFacts | null> {
  try {
    return sourceFactsSchema.parse(JSON.parse(await readFile(join(folder, factsFile), 'utf8')))
  } catch {
    return null
  }
}

function missingFolder(folder: string, isFile: boolean): BenchError {
  return new BenchError({
    code: 'unknown-model',
    stage: 'plan',
    message: isFile ? `${folder} is a file, not a folder.` : `Folder ${folder} was not found.`,
    remedy: isFile
      ? 'Name an .onnx file, MODULE.py:FUNCTION, or the folder that holds config.json.'
      : 'Check the path of the folder that holds config.json.',
  })
}
