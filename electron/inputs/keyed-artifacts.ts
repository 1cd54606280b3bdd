// The seam to the store of artifacts for those who make them: by key, which is everything that matters to the result, so
// that what is found under it need not be made again. Implemented in electron/conversions; runs export through it too.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'

export interface BuildWait {
  readonly signal?: AbortSignal | undefined
  /** Called once, when another holds it. */
  readonly onWait?: (() => void) | undefined
}

/** What a build says of its result; the store adds where it lies, under which key, and since when. */
export interface BuiltArtifact {
  /** Absolute, inside the folder that the build was given. */
  readonly file: string
  readonly facts: Omit<Artifact, 'file' | 'key' | 'createdAt' | 'logFile'>
  /** What would make it again; null where it was not made by a recipe. */
  readonly recipe: Recipe | null
}

export interface KeyedArtifacts {
  /** By its sidecar alone: the bytes are not read. */
  peek(key: string): Promise<Artifact | null>
  /** With its bytes checked against the hash. */
  lookUp(key: string): Promise<Artifact | null>
  /** `build` writes into an empty folder that vanishes when it fails, and its log into `log.txt` there. */
  make(key: string, wait: BuildWait, build: (folder: string) => Promise<BuiltArtifact>): Promise<Artifact>
  /** Adds what was found out later: parity, sensitivity. Nothing where it is gone. */
  amend(key: string, facts: Pick<Partial<Artifact>, 'parity' | 'sensitivity'>): Promise<Artifact | null>
  keys(): Promise<readonly string[]>
}
