// Artifacts by key, for those who make them. The key holds everything that affects the result, so an artifact found
// under it need not be made again. Invariants: the sidecar is written last; a build that fails, is cancelled or is
// killed leaves no artifact; two builds of one key never run at once, and the second uses the first's result. A damaged
// artifact counts as missing. Does not know how anything is made.
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { BuildArtifact, BuiltArtifact, KeyedArtifacts } from '../inputs/keyed-artifacts.ts'
import { jsonText, makeFolder, syncFile, syncFolder, writeAtomically, writing } from '../store/atomic-file.ts'
import { removeLeftovers, unfinishedName } from '../store/leftovers.ts'
import { withProcessLock } from '../store/process-lock.ts'
import {
  artifactFiles,
  artifactSha256,
  contentName,
  isWhole,
  keyPattern,
  logName,
  noteWhole,
  readArtifact,
  recipeName,
  sidecarName,
} from './artifact-folder.ts'

export function createKeyedArtifacts(store: string, utcNow: () => Date): KeyedArtifacts {
  const lockFile = (key: string) => join(store, `${key}.lock`)
  const peek = (key: string) => readArtifact(store, key)

  async function lookUp(key: string): Promise<Artifact | null> {
    const artifact = await peek(key)
    return artifact !== null && (await isWhole(artifact)) ? artifact : null
  }

  async function makeLocked(key: string, build: BuildArtifact): Promise<Artifact> {
    const madeMeanwhile = await lookUp(key)
    if (madeMeanwhile !== null) return madeMeanwhile
    await removeLeftoversOf(store, key)
    const unfinished = join(store, unfinishedName(key))
    try {
      const content = join(unfinished, contentName)
      await writing(unfinished, () => makeFolder(content))
      const built = await build(content, join(unfinished, logName))
      return await writing(join(store, key), () => commit(key, unfinished, built))
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  }

  async function commit(key: string, unfinished: string, { file, facts, recipe }: BuiltArtifact): Promise<Artifact> {
    const finished = join(store, key)
    const place = (built: string) => join(finished, built.slice(unfinished.length + 1))
    for (const each of await artifactFiles(file, facts.kind)) await syncFile(each)
    if (recipe !== null) await writeFile(join(unfinished, recipeName), jsonText(recipe))
    const hasLog = (await stat(join(unfinished, logName)).catch(() => null)) !== null
    const artifact: Artifact = {
      ...facts,
      key,
      file: place(file),
      ...(facts.plugin && { plugin: { ...facts.plugin, file: place(facts.plugin.file) } }),
      createdAt: utcNow().toISOString(),
      logFile: hasLog ? join(finished, logName) : null,
    }
    await writeAtomically(join(unfinished, sidecarName), jsonText(artifact))
    await rm(finished, { recursive: true, force: true })
    // From one moment to the next: there is no folder that a killed process leaves without its sidecar.
    await rename(unfinished, finished)
    await syncFolder(store)
    try {
      // Hashed where it lies now: what the sidecar says is what a reader will find.
      if ((await artifactSha256(artifact.file, artifact.kind)) !== artifact.sha256) throw otherBytes(artifact)
    } catch (error) {
      await rm(finished, { recursive: true, force: true })
      throw error
    }
    await noteWhole(artifact)
    return artifact
  }

  return {
    peek,
    lookUp,
    async make(key, wait, build) {
      const made = await withProcessLock(lockFile(key), wait, () => makeLocked(key, build))
      await removeLeftovers(store)
      return made
    },
    amend: (key, facts) =>
      withProcessLock(lockFile(key), {}, async () => {
        const artifact = await peek(key)
        if (artifact === null) return null
        const amended = { ...artifact, ...facts }
        await writeAtomically(join(store, key, sidecarName), jsonText(amended))
        return amended
      }),
    keys: async () => (await readdir(store).catch(() => [])).filter((name) => keyPattern.test(name)),
  }
}

function otherBytes({ modelId, kind }: Artifact): BenchError {
  return new BenchError({
    code: 'conversion-failed',
    stage: 'store',
    message: `The ${kind} files of ${modelId} are not the bytes that were made.`,
    remedy: 'Convert the model again. If it happens again, check the disk of the data folder.',
  })
}

/** The holder of a key's lock is the only one that works on it. */
async function removeLeftoversOf(store: string, key: string): Promise<void> {
  const names = await readdir(store)
  const left = names.filter((name) => name.startsWith(`${key}.`) && name.endsWith('.unfinished'))
  const ofBuilds = left.filter((name) => !name.startsWith(`${key}.lock`))
  for (const name of ofBuilds) await rm(join(store, name), { recursive: true, force: true })
}
