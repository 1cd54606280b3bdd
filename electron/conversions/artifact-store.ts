// Artifacts as a user sees them: found by key, hash or hash prefix, listed, copied, removed, added from elsewhere. The
// folders are the truth; files are only read and hashed, never loaded or deserialized.
import { constants } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { recipeSchema } from '../../shared/domain/recipe.ts'
import type { UnreadableEntry } from '../../shared/domain/unreadable-entry.ts'
import type { KeyedArtifacts } from '../inputs/keyed-artifacts.ts'
import type { ArtifactStore } from '../services.ts'
import { errorCode, makeFolder, writing } from '../store/atomic-file.ts'
import { withProcessLock } from '../store/process-lock.ts'
import { largestBytes, readSmallText, readTextFile } from '../store/regular-file.ts'
import { adoptEngine } from './adopted-engine.ts'
import {
  artifactFiles,
  artifactRoot,
  isWholeByBytes,
  logName,
  openArtifact,
  recipeName,
  sidecarName,
} from './artifact-folder.ts'
import { changed, isWholePlugin } from './plugin-library.ts'

const shortestPrefix = 4

export function createArtifactStore(store: string, keyed: KeyedArtifacts): ArtifactStore {
  async function list(): Promise<readonly Artifact[]> {
    const artifacts = await Promise.all((await keyed.keys()).map((key) => keyed.peek(key)))
    return artifacts
      .filter((artifact) => artifact !== null)
      .sort((left, right) => byText(left.createdAt ?? '', right.createdAt ?? '') || byText(left.sha256, right.sha256))
  }

  /** Without reading its bytes. */
  async function known(name: string): Promise<Artifact> {
    const exact = await keyed.peek(name)
    if (exact !== null) return exact
    const all = await list()
    const matching = all.filter(
      ({ key, sha256 }) =>
        name.length >= shortestPrefix && (sha256.startsWith(name) || (key?.startsWith(name) ?? false)),
    )
    const [found] = matching
    if (found === undefined) throw unknownArtifact(name, all)
    if (new Set(matching.map(({ sha256 }) => sha256)).size > 1) throw ambiguous(name, matching)
    return found
  }

  return {
    list,
    async unreadable() {
      const found = await Promise.all(
        (await keyed.keys()).map(async (key) => ({ key, ...(await openArtifact(store, key)) })),
      )
      return found.flatMap((each): UnreadableEntry[] =>
        'problem' in each ? [{ kind: 'artifact', path: join(store, each.key), problem: each.problem }] : [],
      )
    },
    async find(name) {
      const artifact = await known(name)
      await requireWhole(artifact)
      return artifact
    },
    async log(key) {
      const { logFile } = await known(key)
      return logFile ? readTextFile(logFile, largestBytes.log).catch(() => '') : ''
    },
    async remove(name) {
      const key = (await known(name)).key ?? name
      // The sidecar goes first, so whatever a crash leaves behind is not an artifact.
      await withProcessLock(join(store, `${key}.lock`), {}, async () => {
        await rm(join(store, key, sidecarName), { force: true })
        await rm(join(store, key), { recursive: true, force: true })
      })
    },
    async recipeOf(name) {
      const artifact = await known(name)
      const text = await readSmallText(join(artifactRoot(artifact), recipeName))
      if (text === null) throw noRecipe(artifact)
      const parsed = recipeSchema.safeParse(JSON.parse(text))
      if (!parsed.success) throw noRecipe(artifact)
      return parsed.data
    },
    async copyTo(name, folder) {
      const artifact = await known(name)
      await requireWhole(artifact)
      const copies = await copiesOf(artifact)
      const copied: string[] = []
      try {
        for (const { from, to } of copies) copied.push(await copyNew(from, join(folder, to)))
      } catch (error) {
        for (const file of copied) await rm(file, { force: true })
        throw error
      }
      return copied
    },
    adopt: (request) => adoptEngine(keyed, request),
  }
}

/** Files keep their place beside the model, since it names them; what the app adds gets a name that is free. */
async function copiesOf(artifact: Artifact): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const folder = dirname(artifact.file)
  const { plugin } = artifact
  const library = plugin === undefined ? [] : [{ from: plugin.file, to: relative(folder, plugin.file) }]
  const files = (await artifactFiles(artifact.file, artifact.kind)).map((from) => ({
    from,
    to: relative(folder, from),
  }))
  const taken = new Set(files.map(({ to }) => to.toLowerCase()))
  const added = [sidecarName, ...(artifact.logFile ? [logName] : [])].map((name) => {
    let to = name
    while (taken.has(to)) to = `enginebench-${to}`
    return { from: join(artifactRoot(artifact), name), to }
  })
  return [...files, ...library, ...added]
}

async function requireWhole(artifact: Artifact): Promise<void> {
  if (await isWholeByBytes(artifact)) return
  if (artifact.plugin !== undefined && !(await isWholePlugin(artifact.plugin))) throw changed(artifact.plugin)
  throw damaged(artifact)
}

async function copyNew(from: string, to: string): Promise<string> {
  try {
    await writing(to, async () => {
      await makeFolder(dirname(to))
      await copyFile(from, to, constants.COPYFILE_EXCL)
    })
    return to
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw inTheWay(to)
    await rm(to, { force: true })
    throw error
  }
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

// Why an artifact is not available, in words for the user.
function unknownArtifact(name: string, known: readonly Artifact[]): BenchError {
  return refusal(
    'unknown-artifact',
    `Artifact "${name}" was not found.`,
    known.length === 0
      ? 'There are no artifacts yet: convert a model first.'
      : `Use the hash of one of these: ${known.slice(-8).map(named).join('; ')}.`,
  )
}

export function ambiguous(name: string, matching: readonly Artifact[]): BenchError {
  return refusal(
    'unknown-artifact',
    `"${name}" matches ${matching.length} artifacts.`,
    `Type more characters: ${matching.map(named).join('; ')}.`,
  )
}

export function damaged(artifact: Artifact): BenchError {
  return refusal(
    'missing-artifact',
    `${named(artifact)} is damaged: its bytes differ from what was built.`,
    'Convert the model again.',
  )
}

function noRecipe(artifact: Artifact): BenchError {
  return refusal(
    'bad-recipe',
    `${named(artifact)} was not made by a recipe.`,
    'Choose an artifact that a conversion made.',
  )
}

function inTheWay(file: string): BenchError {
  return refusal(
    'folder-not-empty',
    `${file} already exists.`,
    'Name a new or empty folder: files are never overwritten.',
  )
}

function named({ sha256, modelId, precision, kind }: Artifact): string {
  return `${sha256.slice(0, 12)} (${modelId} ${precision} ${kind})`
}

function refusal(
  code: 'unknown-artifact' | 'missing-artifact' | 'bad-recipe' | 'folder-not-empty',
  message: string,
  remedy: string,
): BenchError {
  return new BenchError({ code, stage: 'store', message, remedy })
}
