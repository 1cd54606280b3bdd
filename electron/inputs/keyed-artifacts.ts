// The seam to the artifact store for those who make artifacts: by key, which holds everything that affects the result,
// so an artifact found under it need not be made again. Implemented in electron/conversions; runs export through it
// too.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'

export interface BuildWait {
  readonly signal?: AbortSignal | undefined
  /** Called once if another process holds it. */
  readonly onWait?: (() => void) | undefined
}

/** What a build reports about its result; the store adds its location, key and time. */
export interface BuiltArtifact {
  /** Absolute, directly in the folder given to the build. */
  readonly file: string
  readonly facts: Omit<Artifact, 'file' | 'key' | 'createdAt' | 'logFile'>
  /** The recipe that would make it again; null if it was not made by a recipe. */
  readonly recipe: Recipe | null
}

export type BuildArtifact = (folder: string, logFile: string) => Promise<BuiltArtifact>

export interface KeyedArtifacts {
  /** Reads only the sidecar, not the bytes. */
  peek(key: string): Promise<Artifact | null>
  /** With its bytes checked against the hash. */
  lookUp(key: string): Promise<Artifact | null>
  /** `build` writes its files into an empty folder and may write a log; both are removed if it fails. */
  make(key: string, wait: BuildWait, build: BuildArtifact): Promise<Artifact>
  /** Adds later findings: parity, sensitivity. Does nothing if the artifact is gone. */
  amend(key: string, facts: Pick<Partial<Artifact>, 'parity' | 'sensitivity'>): Promise<Artifact | null>
  keys(): Promise<readonly string[]>
}
