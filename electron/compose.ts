// The composition root of the window and the command line: builds every service once with plain functions. Imports no
// `electron`; features that only the window has (PDF, utility processes) are passed in as functions.

import { randomInt } from 'node:crypto'
import { availableParallelism, freemem } from 'node:os'
import { join } from 'node:path'
import { createBackends } from './backends/registry.ts'
import { createArtifactStore } from './conversions/artifact-store.ts'
import { createConversionFolders } from './conversions/conversion-folder.ts'
import { createConversionService } from './conversions/conversion-service.ts'
import { createFileInspector } from './conversions/file-inspection.ts'
import { createKeyedArtifacts } from './conversions/keyed-artifacts.ts'
import { createPluginStore } from './conversions/plugin-library.ts'
import { InputCache } from './inputs/input-cache.ts'
import { createRunInputs } from './inputs/run-inputs.ts'
import { createModelCatalog } from './models/model-catalog.ts'
import { createModelSources } from './models/model-sources.ts'
import { createTrustedCode } from './models/trusted-code.ts'
import { createModelInspection } from './models/worker-inspection.ts'
import { createNoiseFloors } from './noise-floors/noise-floor-service.ts'
import { createArtifactParity } from './parity/artifact-parity.ts'
import { calibrationImages, evaluationImages } from './parity/image-sets.ts'
import { readExportTools } from './python-environment/interpreter-contents.ts'
import { createPythonEnvironments } from './python-environment/python-environments.ts'
import { createWorkerCheck } from './python-environment/worker-check.ts'
import { createReportWriter } from './report/report-writer.ts'
import type { RunDependencies } from './runs/session/run-dependencies.ts'
import { createRunService } from './runs/session/run-service.ts'
import { hugePageBytes } from './sampling/host-files.ts'
import { listCudaDevices } from './sampling/list-cuda-devices.ts'
import { createMachineSampler } from './sampling/machine-sampler.ts'
import type { SamplingCommand } from './sampling/sampling-messages.ts'
import type { PdfRenderer, Services } from './services.ts'
import { createSettleService } from './settling/settle-service.ts'
import { removeLeftovers } from './store/leftovers.ts'
import { createTurnGate } from './store/process-lock.ts'
import { reopenRun } from './store/reopen-run.ts'
import { knownLatencies } from './store/run-catalog.ts'
import { createRunStore } from './store/run-store.ts'
import { createRunWriter } from './store/run-writer.ts'
import { createSettingsStore } from './store/settings-store.ts'
import { prepareTemporaryFiles } from './store/temporary-files.ts'
import { moveToTrash } from './store/trash.ts'
import { removeUnbegunRuns } from './store/unbegun-runs.ts'
import { createUnreadableEntries } from './store/unreadable-entries.ts'
import { createSweepService } from './sweeps/create-sweep-service.ts'
import type { Paths } from './system/application-paths.ts'
import { createLog, type Log } from './system/log.ts'
import { createMachineReader, fingerprintOf, int8Gap, machineHashOf } from './system/machine.ts'
import { enginebenchVersion } from './system/version.ts'
import { createTurns } from './turns.ts'
import { createVideoService } from './video/video-service.ts'
import { forkNodeWorker, type SpawnNodeWorker } from './workers/channels.ts'
import { createWorkerRegistry } from './workers/worker-process.ts'

export interface ServiceDependencies {
  readonly paths: Paths
  /** The log of the process; one is made if none is given. */
  readonly log?: Log
  readonly renderPdf: PdfRenderer
  /** The window's way to start processes; the command line forks Node. */
  readonly spawnNodeWorker?: SpawnNodeWorker
  /** Called once for each job that waits for another process; without it, the wait is logged. */
  readonly onWait?: (sentence: string) => void
  /**
   * `off` starts runs without watching the machine first; their records say so. Defaults to ENGINEBENCH_PREFLIGHT,
   * otherwise `on`.
   */
  readonly preflight?: 'on' | 'off'
}

/**
 * Called once by each program, before its first service: removes what killed processes left in the data folder, and
 * prepares the folder of this process's temporary files.
 */
export async function prepareDataFolder(paths: Paths): Promise<void> {
  await prepareTemporaryFiles(paths.dataFolder)
  const { dataFolder, artifactsFolder, noiseFloorsFolder, cacheFolder } = paths
  const caches = ['inputs', 'references', 'models', 'model-sources'].map((name) => join(cacheFolder, name))
  for (const folder of [dataFolder, artifactsFolder, noiseFloorsFolder, ...caches]) await removeLeftovers(folder)
  await createConversionFolders(paths.conversionsFolder).releaseDead()
  await removeUnbegunRuns(paths.runsFolder)
}

/** How long the machine is watched before a run. */
const watchedMs = 5000

export function createServices({ paths, renderPdf, ...parts }: ServiceDependencies): Services {
  const { log = createLog(paths.logsFolder, 'services'), spawnNodeWorker = forkNodeWorker } = parts
  const { pythonPackageFolder, nodeWorkerFile, modelsFolder, samplesFolder, cacheFolder } = paths
  const registry = createWorkerRegistry()
  // No worker outlives this process, however it ends.
  process.on('exit', () => registry.killAll())
  const logLine = (line: string) => log.info(line)
  const { onWait = logLine, preflight = preflightOf(process.env.ENGINEBENCH_PREFLIGHT, log) } = parts
  const observeMs = preflight === 'on' ? watchedMs : 0

  const checkEnvironment = createWorkerCheck(pythonPackageFolder, registry, logLine)
  const pythonEnvironments = createPythonEnvironments({ paths, checkEnvironment })
  const { interpreterFor } = pythonEnvironments
  const folders = { pythonPackageFolder, nodeWorkerFile, engineCacheFolder: join(cacheFolder, 'engines') }
  const workerParts = { interpreterFor, ...folders, spawnNodeWorker, registry, log: logLine }
  const { drivers, describeOrThrow, catalog, openTaskWorker, startNodeWorker } = createBackends(workerParts)
  const inspectModel = createModelInspection(startNodeWorker, logLine)
  const utcNow = () => new Date()
  const toolVersions = () => readExportTools(pythonEnvironments)
  const sources = createModelSources({
    folder: join(cacheFolder, 'model-sources'),
    trustedCode: createTrustedCode(join(paths.dataFolder, 'trusted-code'), utcNow),
    ...{ openTaskWorker, toolVersions, log: logLine },
  })
  const models = createModelCatalog({ modelsFolder, cacheFolder, inspectModel, sources })
  const keyed = createKeyedArtifacts(paths.artifactsFolder, utcNow)
  const artifacts = createArtifactStore(paths.artifactsFolder, keyed)
  const plugins = createPluginStore(join(paths.dataFolder, 'plugins'))
  const inputCache = new InputCache(join(cacheFolder, 'inputs'))
  const spawnSampling = () => spawnNodeWorker<SamplingCommand>(paths.samplingWorkerFile)
  const machine = createMachineReader(() => listCudaDevices({ spawn: spawnSampling, registry }))
  const takeTurn = createTurns(
    createTurnGate({
      lockFile: join(paths.dataFolder, 'turn.lock'),
      onWait: () => onWait('Another Enginebench measures or converts on this machine: waiting for it to end.'),
      log: logLine,
    }),
  )

  const inputs = createRunInputs({ inputCache, keyed, artifacts, samplesFolder, openTaskWorker, toolVersions })
  const fingerprint = async (software: Readonly<Record<string, string>>) =>
    fingerprintOf(await machine(), software, enginebenchVersion)
  const nowNs = () => Number(process.hrtime.bigint())

  const runParts: Omit<RunDependencies, 'observeMs' | 'noiseFloor'> = {
    drivers,
    models,
    inputs,
    openTaskWorker,
    artifacts,
    createRunWriter,
    reopenRun,
    runsFolder: paths.runsFolder,
    fingerprint,
    startSampler: createMachineSampler({
      spawn: spawnSampling,
      registry,
      ownPid: process.pid,
      log: logLine,
    }),
    takeTurn,
    nowNs,
    utcNow,
    freeMemoryBytes: freemem,
    hugePageBytes,
    knownLatencies: (_plan, manifest) => knownLatencies(paths.runsFolder, manifest.id),
    randomSuffix,
    int8Gap: () => int8Gap(),
    log: logLine,
  }
  const comparisonRuns = (observeMs: number) =>
    createRunService({ ...runParts, observeMs, noiseFloor: async () => null })
  const noiseFloors = createNoiseFloors({
    folder: paths.noiseFloorsFolder,
    runs: { watched: comparisonRuns(observeMs), unwatched: comparisonRuns(0) },
    machine,
    machineHash: async () => machineHashOf(await machine(), enginebenchVersion),
    nowMs: () => performance.now(),
    utcNow,
    randomSuffix,
  })
  const runs = createRunService({ ...runParts, observeMs, noiseFloor: noiseFloors.find })

  const conversions = createConversionService({
    models,
    describeBackend: describeOrThrow,
    keyed,
    openTaskWorker,
    toolVersions,
    plugins,
    gpus: async () => (await machine()).gpus,
    images: {
      evaluation: ({ taskWorker }, request) =>
        evaluationImages({ cache: inputCache, samplesFolder, taskWorker }, request),
      calibration: ({ taskWorker }, request) =>
        calibrationImages({ cache: inputCache, samplesFolder, taskWorker }, request),
    },
    judgeArtifact: createArtifactParity({
      drivers,
      referencesFolder: join(cacheFolder, 'references'),
      toolVersions,
      threads: availableParallelism(),
    }),
    takeTurn,
    conversionsFolder: paths.conversionsFolder,
    timingFolder: join(cacheFolder, 'timing'),
    threads: availableParallelism(),
    utcNow,
    nowMs: () => performance.now(),
    randomSuffix,
    log: logLine,
  })

  const sweeps = createSweepService({
    ...{ drivers, models, inputs, fingerprint, takeTurn, nowNs, randomSuffix },
    utcNow,
    freeMemoryBytes: freemem,
    estimate: (plan) => runs.estimate(plan),
    sweepsFolder: paths.sweepsFolder,
    log: logLine,
  })

  const store = createRunStore(paths, { log: logLine })

  return {
    version: enginebenchVersion,
    paths,
    sweeps,
    models,
    backends: catalog,
    pythonEnvironments,
    runs,
    store,
    reports: createReportWriter({ renderPdf }),
    settings: createSettingsStore(join(paths.dataFolder, 'settings.json')),
    machine,
    artifacts,
    plugins,
    inspector: createFileInspector({
      ...{ artifacts, runs: store, openTaskWorker, log: logLine },
      gpus: async () => (await machine()).gpus,
    }),
    conversions,
    video: createVideoService({
      models,
      drivers,
      inputs,
      openWorker: openTaskWorker,
      estimate: (plan) => runs.estimate(plan),
      physicalCores: async () => (await machine()).physicalCores,
      takeTurn,
      fingerprint,
      nowNs,
      utcNow,
      randomSuffix,
      log: logLine,
    }),
    noiseFloors,
    unreadable: createUnreadableEntries([
      { list: () => store.unreadable(), remove: (folder) => store.removeUnreadable(folder) },
      ...[artifacts, conversions, noiseFloors].map((each) => ({
        list: () => each.unreadable(),
        remove: (path: string) => moveToTrash(path, paths.dataFolder),
      })),
    ]),
    settling: createSettleService({
      models,
      runs,
      statuses: () => catalog.list(),
      machine,
      noiseFloor: noiseFloors.find,
      knownLatencies: ({ id }) => knownLatencies(paths.runsFolder, id),
    }),
  }
}

function randomSuffix(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0')
}

function preflightOf(setting: string | undefined, log: Log): 'on' | 'off' {
  if (setting === 'off') return 'off'
  if (setting !== undefined && setting !== '' && setting !== 'on') {
    log.error(`ENGINEBENCH_PREFLIGHT is "${setting}"; it can be on or off. The machine is watched before each run.`)
  }
  return 'on'
}
