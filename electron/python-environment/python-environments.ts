// The Python environments of this user: what is there, making one, adopting one. Nothing is cached in memory: another
// process (the command line beside the window) may change them, so every question reads the disk.

import { rm } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { backendRows } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
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
import { adoptInterpreter } from './adoption.ts'
import { findBasePython } from './base-python.ts'
import { describeEnvironment } from './environment-description.ts'
import { type EnvironmentFolder, environmentFolder, readCommitment } from './environment-folder.ts'
import { withEnvironmentLock } from './environment-lock.ts'
import { type CheckEnvironment, installEnvironment } from './installation.ts'
import { chooseTensorrt } from './tensorrt-choice.ts'
import { askForTorchOffer } from './torch-offer.ts'
import { readTorchSource } from './torch-source.ts'
import { defaultTorchVersion, requireSupportedTorch } from './torch-version.ts'

export interface PythonEnvironmentsParts {
  readonly paths: Paths
  readonly checkEnvironment: CheckEnvironment
  /** Versions of NVIDIA's driver, one a GPU; empty where there is none. */
  readonly readDrivers?: () => Promise<readonly string[]>
}

export function createPythonEnvironments(parts: PythonEnvironmentsParts): PythonEnvironments {
  const { paths, checkEnvironment, readDrivers = installedDrivers } = parts
  const folderOf = (name: EnvironmentName) => environmentFolder(paths.environmentsFolder, name)
  const tensorrtOf = async ({ tensorrt }: PythonInstallOptions) => tensorrt ?? chooseTensorrt({}, await readDrivers())
  const describeNamed = (name: EnvironmentName) => describeEnvironment(folderOf(name))

  return {
    describe: () => Promise.all(environmentNames.map(describeNamed)),

    async interpreterFor(backend) {
      const environment = await describeNamed(backendRows[backend].environment ?? 'main')
      if (environment.state === 'ready' && environment.interpreter) return environment.interpreter
      throw notReady(environment)
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
      const tensorrt = options.environment === 'tensorrt' ? await tensorrtOf(options) : null
      const environment = folderOf(options.environment)
      return withEnvironmentLock(environment.lockFile, async () => {
        const before = await describeEnvironment(environment, { ignoreLock: true })
        const other = options.tensorrt != null && !isDeepStrictEqual(await installedTensorrt(environment), tensorrt)
        if (before.state === 'ready' && !before.adopted && !options.repair && !other) return before
        const { pythonPackageFolder } = paths
        const parts = { environment, pythonPackageFolder, options, tensorrt, checkEnvironment, onProgress, signal }
        await installEnvironment(parts)
        // The new one is used from now on; an adopted interpreter is only forgotten, never touched.
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

async function installedDrivers(): Promise<readonly string[]> {
  return (await readNvidiaGpus()).flatMap(({ driver }) => driver ?? [])
}

async function installedTensorrt({ commitFile }: EnvironmentFolder): Promise<TensorrtChoice | null> {
  return (await readCommitment(commitFile))?.tensorrt ?? null
}

function notReady({ name, state, error }: PythonEnvironment): BenchError {
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
        : `Set it up on the Setup screen, or by: npm run enginebench -- ${setupWords(name)}${state === 'broken' ? ' --repair' : ''}`,
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
