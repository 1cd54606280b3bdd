// The services that the window and the command line share; both are thin layers over them. Implementations are in the
// folders named at each; electron/compose.ts builds them. Nothing here imports `electron`.

import type { Artifact } from '../shared/domain/artifact.ts'
import type { BackendId, BackendStatus } from '../shared/domain/backend.ts'
import type {
  ConversionCheck,
  ConversionEvent,
  ConversionRecord,
  ConversionStepName,
  LogEntry,
} from '../shared/domain/conversion.ts'
import type { Machine } from '../shared/domain/fingerprint.ts'
import type { InspectedFile } from '../shared/domain/inspection.ts'
import type { ModelManifest } from '../shared/domain/model.ts'
import type { Plan } from '../shared/domain/plan.ts'
import type { PluginFile, PluginLibrary } from '../shared/domain/plugin.ts'
import type { Precision } from '../shared/domain/precision.ts'
import type { EnvironmentName, TensorrtChoice } from '../shared/domain/python-environment.ts'
import type { Recipe } from '../shared/domain/recipe.ts'
import type { RunRecord } from '../shared/domain/run.ts'
import type { RunEvent } from '../shared/domain/run-event.ts'
import type { SampleBlock } from '../shared/domain/sample-block.ts'
import type { UnreadableEntry } from '../shared/domain/unreadable-entry.ts'
import type { VideoEvent } from '../shared/domain/video-event.ts'
import type { VideoRecord } from '../shared/domain/video-record.ts'
import type {
  MachinePoint,
  PlanEstimate,
  PythonEnvironment,
  PythonProgress,
  ReportFormat,
  RunListEntry,
  Settings,
  SettleProposal,
} from '../shared/ipc/contract.ts'
import type { SettleSide } from '../shared/planning/settle-plan.ts'
import type { NoiseFloors } from './noise-floors/noise-floors.ts'
import type { SweepService } from './sweeps/sweep-service.ts'
import type { Paths } from './system/application-paths.ts'

export interface FoundModel {
  readonly manifest: ModelManifest
  /** Absolute; files that the manifest names are relative to it. */
  readonly folder: string
}

/** electron/models: manifests on disk, and those made for the user's ONNX files and for models from a source. */
export interface ModelCatalog {
  list(): Promise<readonly ModelManifest[]>
  /**
   * A reference (shared/domain/model-source.ts) with absolute paths; BenchError `unknown-model` names the known ones. A
   * source is inspected the first time, which takes seconds. `untrusted-code` if it is code that the user has not
   * trusted.
   */
  find(reference: string, onProgress?: (fraction: number | null, text: string) => void): Promise<FoundModel>
  /** The user has read that a reference names code, and trusts its maker. Does nothing for any other. */
  trust(reference: string): Promise<void>
}

/** electron/backends/registry.ts. */
export interface BackendCatalog {
  /** One entry for every backend id, in the design's order; asks the Python workers once, and again with `refresh`. */
  list(options?: { readonly refresh?: boolean }): Promise<readonly BackendStatus[]>
}

export interface PythonInstallOptions {
  readonly environment: EnvironmentName
  /** Only for `tensorrt`: null for other environments, and for the newest version. */
  readonly tensorrt?: TensorrtChoice | null | undefined
  /** Index or folder of TensorRT's wheels; null or absent for pip's own. */
  readonly tensorrtSource?: string | null | undefined
  /** Interpreter that makes the virtual environment; null finds Python 3.10 or newer on PATH. */
  readonly basePython: string | null
  /** An index URL, a wheel folder, or null for pip's own configuration. */
  readonly torchSource: string | null
  readonly torchVersion: string
  readonly acceptedLicences: readonly string[]
  readonly repair: boolean
}

/**
 * electron/python-environment. Installs into a new folder that is renamed when complete; a cancelled installation
 * leaves nothing.
 */
export interface PythonEnvironments {
  describe(): Promise<readonly PythonEnvironment[]>
  /** The environment whose worker runs this backend, or a BenchError `python-unavailable` with the remedy. */
  interpreterFor(backend: BackendId): Promise<string>
  offer(
    torchSource: string | null,
  ): Promise<{ version: string; file: string | null; source: string; sizeBytes: number | null }>
  install(
    options: PythonInstallOptions,
    onProgress: (progress: PythonProgress) => void,
    signal: AbortSignal,
  ): Promise<PythonEnvironment>
  /** `setup python --use`: adopts an existing interpreter after checking what it can import. */
  adopt(name: EnvironmentName, interpreter: string): Promise<PythonEnvironment>
}

export interface StartedRun {
  readonly runId: string
  /** Resolves with the final record in every end state; rejects only on a bug. */
  readonly finished: Promise<RunRecord>
  /** Idempotent. Finished cases are kept; the running one is marked cancelled. */
  cancel(): void
}

/** electron/runs/session/run-service.ts. One run at a time in a process; a second `start` waits as `queued`. */
export interface RunService {
  estimate(plan: Plan): Promise<PlanEstimate>
  /**
   * @param outFolder the run folder itself, new or empty; null makes one in runsFolder.
   * Throws BenchError before anything is written if the plan cannot start.
   */
  start(plan: Plan, outFolder: string | null, onEvent: (event: RunEvent) => void): Promise<StartedRun>
  /**
   * Continues a run that was interrupted, cancelled or failed: finished groups are kept, the others are measured again
   * from the start. Throws BenchError before anything is changed: `bad-usage` if the run is completed or still running,
   * or began on another machine or with another version of the app.
   * @param folder of the run.
   */
  resume(folder: string, onEvent: (event: RunEvent) => void): Promise<StartedRun>
  /**
   * Measures further launches of the groups of a completed run in which a comparison is undecided, until all are decided
   * or the design has no further look. Cancelling keeps the complete launches. Throws BenchError before anything is
   * changed: `bad-usage` if the run is not completed, has nothing undecided, or began on another machine or with another
   * version of the app.
   */
  continueRun(folder: string, onEvent: (event: RunEvent) => void): Promise<StartedRun>
  current(): { readonly runId: string; readonly events: readonly RunEvent[] } | null
  /** Cancels running work and resolves when no worker is left. */
  shutdown(): Promise<void>
}

/** Brings back what was removed. BenchError `folder-not-empty` if something else has taken its place. */
export type Undo = () => Promise<void>

/** electron/settling/settle-service.ts: what measuring two cases again side by side would do. Starts nothing. */
export interface SettleService {
  /** Throws `unknown-model` if the model of the plan is gone. */
  propose(
    left: SettleSide,
    right: SettleSide,
    wanted: { readonly margin: number; readonly budgetMs: number | null },
  ): Promise<SettleProposal>
}

/** electron/store: run folders are the truth, DuckDB is an index that can be deleted. */
export interface RunStore {
  list(): Promise<readonly RunListEntry[]>
  /** The folders that cannot be listed; they keep nothing else from being listed. */
  unreadable(): Promise<readonly UnreadableEntry[]>
  open(runId: string): Promise<RunRecord>
  folderOf(runId: string): Promise<string>
  samples(runId: string, groupKey: string, caseKey: string): Promise<{ blocks: SampleBlock[]; tornLines: number }>
  /** The machine during the whole run, once a second; empty if nothing was stored. */
  machine(runId: string): Promise<MachinePoint[]>
  /**
   * Adds a run folder from elsewhere by reference, under its runId, after checking it; `bad-usage` if another folder has
   * that id.
   */
  addFolder(folder: string): Promise<string>
  /** Moves the folder to the trash folder next to the runs; a folder elsewhere is only forgotten, never deleted. */
  remove(runId: string): Promise<Undo>
  /** The same for a folder that cannot be listed; `bad-usage` if a live process writes it. */
  removeUnreadable(folder: string): Promise<Undo>
  /**
   * Ids of the runs whose records came, went or changed since the last call, by whatever process; null if nothing did.
   * Empty if only something that is no readable run changed. The first call only looks.
   */
  changed(): Promise<readonly string[] | null>
  /** Marks `interrupted` the runs that a dead process left `running` or `queued`, as far as it can. */
  recover(): Promise<readonly string[]>
}

/** electron/store/unreadable-entries.ts: what no list can show, of every kind. */
export interface UnreadableEntries {
  list(): Promise<readonly UnreadableEntry[]>
  /** Moves it to the trash folder; `bad-usage` if it is not in the list. */
  remove(path: string): Promise<Undo>
}

/** Reads one run folder without the store: for `report RUN_DIR`. electron/store/run-folder.ts */
export interface RunFolder {
  readonly folder: string
  readonly record: RunRecord
  samples(groupKey: string, caseKey: string): Promise<{ blocks: SampleBlock[]; tornLines: number }>
}

/** electron/report. Writes each file whole or not at all; replaces an existing file only with `overwrite`. */
export interface ReportWriter {
  write(
    run: RunFolder,
    formats: readonly ReportFormat[],
    folder: string,
    overwrite: boolean,
  ): Promise<readonly string[]>
  preview(run: RunFolder, format: Exclude<ReportFormat, 'pdf'>): Promise<string>
}

/** Turns self-contained HTML into PDF bytes. Electron's window in the app; a hidden one started by the command line. */
export type PdfRenderer = (html: string) => Promise<Uint8Array>

export interface SettingsStore {
  read(): Promise<Settings>
  write(settings: Settings): Promise<void>
}

export interface StartedConversion {
  readonly conversionId: string
  /** Resolves with the final record in every end state; rejects only on a bug. */
  readonly finished: Promise<ConversionRecord>
  /** Idempotent. Finished steps are kept. */
  cancel(): void
}

/**
 * electron/conversions. One conversion runs at a time, the rest wait in request order. Every step's artifact is looked
 * up before it is made, so conversions of one model share their parents.
 */
export interface ConversionService {
  /** Never starts a build. Throws only BenchError `unknown-model`. */
  check(recipe: Recipe): Promise<ConversionCheck>
  /** Throws BenchError before anything is written if the recipe cannot start. */
  start(recipe: Recipe): Promise<StartedConversion>
  list(): Promise<readonly ConversionRecord[]>
  /** Folders whose record cannot be read. */
  unreadable(): Promise<readonly UnreadableEntry[]>
  cancel(conversionId: string): Promise<void>
  retry(conversionId: string): Promise<StartedConversion>
  dismiss(conversionId: string): Promise<void>
  log(conversionId: string, step: ConversionStepName): Promise<readonly LogEntry[]>
  /** Queues again what a dead process left queued or running. The window calls it once, the command line never. */
  resume(): Promise<void>
  subscribe(listener: (event: ConversionEvent) => void): () => void
  /** Ends running work and resolves when no worker is left; running and waiting conversions stay queued on disk. */
  shutdown(): Promise<void>
}

/** electron/conversions/artifact-store.ts: the folders are the truth; a folder without its sidecar is not an artifact. */
export interface ArtifactStore {
  list(): Promise<readonly Artifact[]>
  /** Folders whose sidecar cannot be read, or names a file that is gone. */
  unreadable(): Promise<readonly UnreadableEntry[]>
  /**
   * By key, or by sha256 or its first characters; `unknown-artifact` suggests similar ones. Checks the bytes against
   * the hash.
   */
  find(keyOrSha256: string): Promise<Artifact>
  log(key: string): Promise<string>
  remove(key: string): Promise<void>
  recipeOf(key: string): Promise<Recipe>
  /** Copies file, sidecar and log into a user's folder; never replaces an existing file. */
  copyTo(key: string, folder: string): Promise<readonly string[]>
  /** An engine from elsewhere is code: `untrusted-engine` without consent. */
  adopt(request: {
    readonly file: string
    readonly modelId: string
    readonly precision: Precision
    readonly consent: boolean
    /** The private copy of the library that it needs; null if it needs none. */
    readonly plugin: PluginFile | null
  }): Promise<Artifact>
}

/** electron/conversions/plugin-library.ts: private copies of the user's plugin libraries, which are code. */
export interface PluginStore {
  /** An absolute path: `untrusted-engine` without consent. Copied and hashed, never loaded. */
  add(file: string, consent: boolean): Promise<PluginLibrary>
  /** With its bytes checked: `missing-artifact` if it is not on this machine, or was changed. */
  find(plugin: PluginLibrary): Promise<PluginFile>
}

/** electron/conversions/file-inspection.ts: reads, and times nothing. */
export interface FileInspector {
  /**
   * By key, or by sha256 or its first characters. `plugin` is for an engine that has no library of its own, e.g. one that
   * was added without it.
   */
  inspectArtifact(keyOrSha256: string, plugin?: PluginFile | null): Promise<InspectedFile>
  /** An absolute path; an engine from elsewhere is code: `untrusted-engine` without consent. */
  inspectFile(file: string, consent: boolean, plugin?: PluginFile | null): Promise<InspectedFile>
}

export interface VideoRequest {
  /** A folder of videos, or one video. */
  readonly library: string
  readonly analyzerFile: string
  /** Absolute; new or empty. */
  readonly outFolder: string
}

export interface StartedVideo {
  readonly videoId: string
  /** Resolves with the final record in every end state; rejects only on a bug, or if nothing can be written. */
  readonly finished: Promise<VideoRecord>
  /** Idempotent. Finished files are kept. */
  cancel(): void
}

/** electron/video. An unreadable file never prevents the analysis of the others. */
export interface VideoService {
  /** Throws BenchError before anything is written: `bad-analyzer` with the line, `no-videos`, or a plan's refusals. */
  start(request: VideoRequest, onEvent: (event: VideoEvent) => void): Promise<StartedVideo>
  /** Cancels running work and resolves when no worker is left. */
  shutdown(): Promise<void>
}

export interface Services {
  readonly version: string
  readonly paths: Paths
  readonly models: ModelCatalog
  readonly backends: BackendCatalog
  readonly pythonEnvironments: PythonEnvironments
  readonly runs: RunService
  readonly store: RunStore
  readonly reports: ReportWriter
  readonly settings: SettingsStore
  machine(): Promise<Machine>
  readonly artifacts: ArtifactStore
  readonly plugins: PluginStore
  readonly inspector: FileInspector
  readonly conversions: ConversionService
  readonly video: VideoService
  readonly sweeps: SweepService
  readonly noiseFloors: NoiseFloors
  readonly unreadable: UnreadableEntries
  readonly settling: SettleService
}
