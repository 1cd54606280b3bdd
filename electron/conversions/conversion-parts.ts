// What conversions depend on. Everything that touches the machine is passed in here, so that tests run the queue and
// the steps without Python.

import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import type { BackendWorker, OpenTaskWorker } from '../backends/backend-driver.ts'
import type { KeyedArtifacts } from '../inputs/keyed-artifacts.ts'
import type { JudgeArtifact } from '../parity/artifact-parity.ts'
import type { CalibrationRequest, ImageSetRequest, PreparedImageSet } from '../parity/image-sets.ts'
import type { ModelCatalog, PluginStore } from '../services.ts'
import type { TakeTurn } from '../turns.ts'

/** Opened only if images must be decoded. */
export interface ImageReader {
  readonly taskWorker: () => Promise<BackendWorker>
}

/** Calibration images are never evaluation images. */
export interface ConversionImages {
  evaluation(reader: ImageReader, request: ImageSetRequest): Promise<PreparedImageSet>
  /** Throws BenchError `no-calibration-images`. */
  calibration(reader: ImageReader, request: CalibrationRequest): Promise<PreparedImageSet>
}

export interface ConversionDependencies {
  readonly models: ModelCatalog
  readonly describeBackend: (backend: BackendId) => Promise<BackendStatus | null>
  readonly keyed: KeyedArtifacts
  readonly openTaskWorker: OpenTaskWorker
  /** Versions of the libraries that export and transform graphs; part of the keys. */
  readonly toolVersions: () => Promise<Readonly<Record<string, string>>>
  /** This machine's, in CUDA's order. */
  readonly gpus: () => Promise<readonly Gpu[]>
  /** Private copies of the user's plugin libraries. */
  readonly plugins: Pick<PluginStore, 'find'>
  readonly images: ConversionImages
  /** Shared with runs: no conversion runs during a measurement. */
  readonly takeTurn: TakeTurn
  readonly judgeArtifact: JudgeArtifact
  readonly conversionsFolder: string
  readonly timingFolder: string
  readonly threads: number
  readonly utcNow: () => Date
  /** Monotonic. */
  readonly nowMs: () => number
  readonly randomSuffix: () => string
  readonly log: (line: string) => void
}
