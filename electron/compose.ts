// The composition root of both faces: builds every service once, from its parts, with plain functions. Imports no
// `electron`; what only the window can do (PDF, its own kind of process) comes in as functions.
import { randomInt } from 'node:crypto'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { createBackends } from './backends/registry.ts'
import { ArtifactCache } from './inputs/artifact-cache.ts'
import { InputCache } from './inputs/input-cache.ts'
import { createRunInputs } from './inputs/run-inputs.ts'
import { createModelCatalog } from './models/model-catalog.ts'
import { createModelInspection } from './models/worker-inspection.ts'
import { readExportTools } from './python-environment/export-tools.ts'
import { createPythonEnvironments } from './python-environment/python-environments.ts'
import { createWorkerCheck } from './python-environment/worker-check.ts'
import { createReportWriter } from './report/report-writer.ts'
import { createRunService } from './runs/run-service.ts'
import { createHostSampler } from './sampling/host-sampler.ts'
import type { Paths, PdfRenderer, Services } from './services.ts'
import { knownLatencies } from './store/known-latencies.ts'
import { createRunStore } from './store/run-store.ts'
import { createRunWriter } from './store/run-writer.ts'
import { createSettingsStore } from './store/settings-store.ts'
import { fingerprintOf } from './system/fingerprint.ts'
import { createLog, type Log } from './system/log.ts'
import { readMachine } from './system/machine.ts'
import { enginebenchVersion } from './system/version.ts'
import { forkNodeWorker, type SpawnNodeWorker } from './workers/node-channel.ts'
import { createWorkerRegistry } from './workers/worker-registry.ts'

export interface ServiceParts {
  readonly paths: Paths
  /** Of the process; one is made where none is given. */
  readonly log?: Log
  readonly renderPdf: PdfRenderer
  /** The window's kind of process; the command line forks Node. */
  readonly spawnNodeWorker?: SpawnNodeWorker
}

export function createServices({ paths, renderPdf, ...parts }: ServiceParts): Services {
  const { log = createLog(paths.logsFolder, 'services'), spawnNodeWorker = forkNodeWorker } = parts
  const { pythonPackageFolder, nodeWorkerFile, modelsFolder, samplesFolder, cacheFolder } = paths
  const registry = createWorkerRegistry()
  // However this process ends, no worker outlives it.
  process.on('exit', () => registry.killAll())
  const logLine = (line: string) => log.info(line)

  const checkEnvironment = createWorkerCheck(pythonPackageFolder, registry, logLine)
  const pythonEnvironments = createPythonEnvironments({ paths, checkEnvironment })
  const { interpreterFor } = pythonEnvironments
  const workerParts = { interpreterFor, pythonPackageFolder, nodeWorkerFile, spawnNodeWorker, registry, log: logLine }
  const { drivers, catalog, openTaskWorker, startNodeWorker } = createBackends(workerParts)
  const inspectModel = createModelInspection(startNodeWorker, logLine)
  const models = createModelCatalog({ modelsFolder, cacheFolder, inspectModel })
  const artifactCache = new ArtifactCache(join(cacheFolder, 'artifacts'))
  const machine = onceRead(readMachine)

  const runs = createRunService({
    drivers,
    models,
    inputs: createRunInputs({
      inputCache: new InputCache(join(cacheFolder, 'inputs')),
      artifactCache,
      samplesFolder,
      openTaskWorker,
      toolVersions: () => readExportTools(pythonEnvironments),
    }),
    createRunWriter,
    runsFolder: paths.runsFolder,
    fingerprint: async (software) => fingerprintOf(await machine(), software, enginebenchVersion),
    startSampler: createHostSampler(),
    nowNs: () => Number(process.hrtime.bigint()),
    utcNow: () => new Date(),
    freeMemoryBytes: freemem,
    knownLatencies: (_plan, manifest) => knownLatencies(paths.runsFolder, manifest.id),
    randomSuffix,
    log: logLine,
  })

  return {
    version: enginebenchVersion,
    paths,
    models,
    backends: catalog,
    pythonEnvironments,
    runs,
    store: createRunStore(paths, { log: logLine }),
    reports: createReportWriter({ renderPdf }),
    settings: createSettingsStore(join(paths.dataFolder, 'settings.json')),
    machine,
    artifacts: () => artifactCache.list(),
  }
}

function onceRead<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | null = null
  return () => {
    answer ??= read()
    return answer
  }
}

function randomSuffix(): string {
  return randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0')
}
