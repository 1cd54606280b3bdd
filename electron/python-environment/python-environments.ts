// The Python environments of this user: lists, makes and adopts them. Nothing is cached in memory: another process (the
// command line while the window is open) may change them, so every query reads the disk.

import { rm } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { backendRows } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { Gpu } from '../../shared/domain/fingerprint.ts'
import { isGpuLibrary, wheelRefusal } from '../../shared/domain/gpu-capability.ts'
import {
  type EnvironmentName,
  environmentNames,
  environments,
  licenceAddresses,
  setupWords,
  type TensorrtChoice,
} from '../../shared/domain/python-environment.ts'
import type { PythonEnvironment } from '../../shared/ipc/contract.ts'
import type { PythonEnvironments, PythonInstallOptions } from '../services.ts'
import type { Paths } from '../system/application-paths.ts'
import { readNvidiaGpus } from '../system/nvidia-gpus.ts'
import { findBasePython } from './base-python.ts'
import {
  type Commitment,
  type EnvironmentFolder,
  environmentFolder,
  exists,
  isHeld,
  readCommitment,
  withEnvironmentLock,
  writeCommitment,
} from './environment-folder.ts'
import { type CheckEnvironment, installEnvironment } from './installation.ts'
import { readInterpreter } from './interpreter-contents.ts'
import { runPython } from './python-process.ts'
import { chooseTensorrt, requireDriver } from './tensorrt.ts'
import { askForTorchOffer, readTorchSource } from './torch-source.ts'
import { defaultTorchVersion, isSupportedTorch, requireSupportedTorch } from './torch-version.ts'

export interface PythonEnvironmentsDependencies {
  readonly paths: Paths
  readonly checkEnvironment: CheckEnvironment
  /** Versions of NVIDIA's driver, one per GPU; empty without a GPU. */
  readonly readDrivers?: () => Promise<readonly string[]>
  readonly readGpus?: () => Promise<readonly Gpu[]>
}

export function createPythonEnvironments(parts: PythonEnvironmentsDependencies): PythonEnvironments {
  const { paths, checkEnvironment, readDrivers = installedDrivers, readGpus = readNvidiaGpus } = parts
  const folderOf = (name: EnvironmentName) => environmentFolder(paths.environmentsFolder, name)
  const tensorrtOf = async ({ environment, tensorrt }: PythonInstallOptions) => {
    const pinned = environments[environment].tensorrt
    if (pinned === 'chosen') return tensorrt ?? chooseTensorrt({}, await readDrivers())
    if (pinned !== null) requireDriver(pinned, await readDrivers())
    return pinned
  }
  const describeNamed = (name: EnvironmentName) => describeEnvironment(folderOf(name))

  return {
    describe: () => Promise.all(environmentNames.map(describeNamed)),

    async interpreterFor(backend) {
      const environment = await describeNamed(backendRows[backend].environment ?? 'main')
      if (environment.state === 'ready' && environment.interpreter) return environment.interpreter
      throw notReady(environment, paths.commandLine)
    },

    async offer(torchSource) {
      const source = await readTorchSource(torchSource)
      const { state, interpreter } = await describeNamed('main')
      const asked = state === 'ready' && interpreter ? interpreter : (await findBasePython(null)).interpreter
      return askForTorchOffer(asked, defaultTorchVersion, source)
    },

    async install(options, onProgress, signal) {
      requireSupportedTorch(options.torchVersion)
      requireLicence(options.environment, options.acceptedLicences)
      requireCard(options.environment, await readGpus())
      const tensorrt = await tensorrtOf(options)
      const environment = folderOf(options.environment)
      return withEnvironmentLock(environment.lockFile, async () => {
        const before = await describeEnvironment(environment, { ignoreLock: true })
        const other = options.tensorrt != null && !isDeepStrictEqual(await installedTensorrt(environment), tensorrt)
        if (before.state === 'ready' && !before.adopted && !options.repair && !other) return before
        const { pythonPackageFolder } = paths
        const parts = { environment, pythonPackageFolder, options, tensorrt, checkEnvironment, onProgress, signal }
        await installEnvironment(parts)
        // The new one is used from now on; a previously adopted interpreter is only forgotten, never changed.
        await rm(environment.adoptedFile, { force: true })
        return describeEnvironment(environment, { ignoreLock: true })
      })
    },

    async adopt(name, interpreter) {
      const environment = folderOf(name)
      return withEnvironmentLock(environment.lockFile, async () => {
        await adoptInterpreter(environment, interpreter, checkEnvironment)
        return describeEnvironment(environment, { ignoreLock: true })
      })
    },
  }
}

/** Throws before gigabytes are fetched that no card of this machine could use; a machine without one may only build. */
function requireCard(name: EnvironmentName, gpus: readonly Gpu[]): void {
  if (!isGpuLibrary(name)) return
  const refusals = gpus.map((gpu) => wheelRefusal(gpu, name))
  const [first] = refusals
  if (!first || refusals.includes(null)) return
  throw new BenchError({ code: 'backend-unavailable', stage: 'setup', ...first })
}

async function installedDrivers(): Promise<readonly string[]> {
  return (await readNvidiaGpus()).flatMap(({ driver }) => driver ?? [])
}

async function installedTensorrt({ commitFile }: EnvironmentFolder): Promise<TensorrtChoice | null> {
  return (await readCommitment(commitFile))?.tensorrt ?? null
}

function notReady({ name, state, error }: PythonEnvironment, commandLine: string): BenchError {
  const messages = {
    absent: `The Python environment ${name} is not set up.`,
    installing: `The Python environment ${name} is being set up.`,
    broken: error?.message ?? `The Python environment ${name} is broken.`,
    ready: `The Python environment ${name} has no interpreter.`,
  }
  return new BenchError({
    code: 'python-unavailable',
    stage: 'setup',
    message: messages[state],
    remedy:
      state === 'installing'
        ? 'Wait until its set-up has ended.'
        : `Set it up on the Setup screen, or by: ${commandLine} ${setupWords(name)}${state === 'broken' ? ' --repair' : ''}`,
  })
}

function requireLicence(name: EnvironmentName, accepted: readonly string[]): void {
  const { licence } = environments[name]
  if (licence === null || accepted.includes(licence)) return
  const address = licenceAddresses[licence]
  throw new BenchError({
    code: 'licence-not-accepted',
    stage: 'setup',
    message: `The environment ${name} installs software under ${licence}, which has not been accepted.`,
    remedy: `Read the licence${address ? ` (${address})` : ''}; if you accept it: ${setupWords(name)}`,
  })
}

// Reads one environment's state from disk and checks that its interpreter still starts: the Python it was made from may
// have been removed. Never throws.
async function describeEnvironment(
  environment: EnvironmentFolder,
  { ignoreLock = false }: { readonly ignoreLock?: boolean } = {},
): Promise<PythonEnvironment> {
  const { name, folder, adoptedFile, commitFile, lockFile } = environment
  const adopted = await readCommitment(adoptedFile)
  const commitment = adopted ?? (await readCommitment(commitFile))
  const known = { name, adopted: adopted !== null, ...facts(commitment) }
  if (!ignoreLock && (await isHeld(lockFile))) return { ...known, state: 'installing', error: null }
  if (commitment === null) {
    return (await exists(folder))
      ? { ...known, state: 'broken', error: broken(name, 'Its set-up was interrupted before it was complete.') }
      : { ...known, state: 'absent', error: null }
  }
  const problem = await whyItDoesNotStart(commitment.interpreter)
  return problem === null
    ? { ...known, state: 'ready', error: null }
    : { ...known, state: 'broken', error: broken(name, problem) }
}

function facts(commitment: Commitment | null) {
  return {
    interpreter: commitment?.interpreter ?? null,
    pythonVersion: commitment?.pythonVersion ?? null,
    sizeBytes: commitment?.sizeBytes ?? null,
    extras: commitment?.extras ?? [],
  }
}

async function whyItDoesNotStart(interpreter: string): Promise<string | null> {
  if (!(await exists(interpreter))) return `Its interpreter ${interpreter} is gone.`
  const { exitCode, tail } = await runPython(interpreter, ['-c', 'pass'], { timeoutMs: 20_000 })
  return exitCode === 0 ? null : `Its interpreter ${interpreter} does not start: ${tail.at(-1) ?? 'no message'}`
}

function broken(name: EnvironmentName, message: string): BenchErrorRecord {
  return new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message,
    remedy: `Repair it: ${setupWords(name)} --repair.`,
  }).record
}

// Uses an existing interpreter of the user's. It is checked and remembered, never changed.
async function adoptInterpreter(
  environment: EnvironmentFolder,
  interpreter: string,
  checkEnvironment: CheckEnvironment,
): Promise<void> {
  const contents = await readInterpreter(interpreter)
  const refusal = whyNot(environment.name, contents.pythonVersion, contents.torchVersion, contents.extras)
  if (refusal) {
    throw new BenchError({
      code: 'python-unavailable',
      stage: 'setup',
      message: `${interpreter} cannot be used: ${refusal}`,
      remedy: `Install what is missing into it, or let a new environment be made: ${setupWords(environment.name)}.`,
    })
  }
  await checkEnvironment(contents.interpreter, new AbortController().signal, environment.name)
  await writeCommitment(environment.adoptedFile, {
    schemaVersion: 1,
    interpreter: contents.interpreter,
    pythonVersion: contents.pythonVersion,
    extras: contents.extras,
    torchVersion: contents.torchVersion,
    sizeBytes: null,
    requirementsSha256: null,
  })
}

function whyNot(
  name: EnvironmentFolder['name'],
  pythonVersion: string,
  torchVersion: string | null,
  extras: readonly string[],
): string | null {
  const { oldestPythonMinor } = environments[name]
  if (Number(pythonVersion.split('.')[1]) < oldestPythonMinor) {
    return `Python ${pythonVersion} is too old, 3.${oldestPythonMinor} or newer is needed.`
  }
  if (torchVersion !== null && !isSupportedTorch(torchVersion)) {
    return `torch ${torchVersion} is too old, 2.10 or newer is needed.`
  }
  if (name === 'yolo' && !extras.includes('yolo')) return 'it has no ultralytics.'
  // Whether an engine can run is decided by its own worker, not by package metadata.
  if (name === 'main' && !extras.includes('torch') && !extras.includes('onnx'))
    return 'it has neither torch nor onnxruntime.'
  return null
}
