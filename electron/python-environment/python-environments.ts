// The Python environments of this user: what is there, making one, adopting one. Nothing is cached in memory: another
// process (the command line beside the window) may change them, so every question reads the disk.
import { rm } from 'node:fs/promises'
import type { BackendId } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { PythonEnvironment } from '../../shared/ipc/contract.ts'
import type { Paths, PythonEnvironments } from '../services.ts'
import { adoptInterpreter } from './adoption.ts'
import { findBasePython } from './base-python.ts'
import { describeEnvironment } from './environment-description.ts'
import { type EnvironmentName, environmentFolder, environmentNames } from './environment-folder.ts'
import { withEnvironmentLock } from './environment-lock.ts'
import { type CheckEnvironment, installEnvironment } from './installation.ts'
import { environmentContents } from './requirement-files.ts'
import { askForTorchOffer } from './torch-offer.ts'
import { readTorchSource } from './torch-source.ts'
import { defaultTorchVersion, requireSupportedTorch } from './torch-version.ts'

export interface PythonEnvironmentsParts {
  readonly paths: Paths
  readonly checkEnvironment: CheckEnvironment
}

export function createPythonEnvironments({ paths, checkEnvironment }: PythonEnvironmentsParts): PythonEnvironments {
  const folderOf = (name: EnvironmentName) => environmentFolder(paths.environmentsFolder, name)
  const describeNamed = (name: EnvironmentName) => describeEnvironment(folderOf(name))

  return {
    describe: () => Promise.all(environmentNames.map(describeNamed)),

    async interpreterFor(backend) {
      const environment = await describeNamed(environmentOf(backend))
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
      requireLicences(options.environment, options.acceptedLicences)
      const environment = folderOf(options.environment)
      return withEnvironmentLock(environment.lockFile, async () => {
        const before = await describeEnvironment(environment, { ignoreLock: true })
        if (before.state === 'ready' && !before.adopted && !options.repair) return before
        const { pythonPackageFolder } = paths
        await installEnvironment({ environment, pythonPackageFolder, options, checkEnvironment, onProgress, signal })
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

/** Ultralytics has an environment of its own, so that its licence stays apart. */
function environmentOf(backend: BackendId): EnvironmentName {
  return backend === 'ultralytics' ? 'yolo' : 'main'
}

function notReady({ name, state, error }: PythonEnvironment): BenchError {
  const command = name === 'main' ? 'setup python' : 'setup python --environment yolo --accept-licence AGPL-3.0'
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
        : `Set it up on the Setup screen, or by: npm run enginebench -- ${command}${state === 'broken' ? ' --repair' : ''}`,
  })
}

function requireLicences(name: EnvironmentName, accepted: readonly string[]): void {
  const missing = environmentContents[name].licences.filter((licence) => !accepted.includes(licence))
  if (missing.length === 0) return
  throw new BenchError({
    code: 'licence-not-accepted',
    stage: 'setup',
    message: `The environment ${name} installs software under ${missing.join(', ')}, which has not been accepted.`,
    remedy: `Read the licence; if you accept it: setup python --environment ${name} --accept-licence ${missing[0]}`,
  })
}
