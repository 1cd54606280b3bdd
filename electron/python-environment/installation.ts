// Makes one environment from nothing: folder, torch, packages, check, commit. Leaves a complete committed environment
// or nothing: on failure and on cancel the folder is removed.

import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import {
  type EnvironmentName,
  environments,
  newestPythonMinorOf,
  type TensorrtChoice,
} from '../../shared/domain/python-environment.ts'
import type { PythonProgress } from '../../shared/ipc/contract.ts'
import type { PythonInstallOptions } from '../services.ts'
import { writing } from '../store/atomic-file.ts'
import { findBasePython } from './base-python.ts'
import {
  type Commitment,
  type EnvironmentFolder,
  folderSizeBytes,
  removeEnvironment,
  writeCommitment,
} from './environment-folder.ts'
import { readInterpreter } from './interpreter-contents.ts'
import { pipInstall } from './pip.ts'
import { runPythonModule } from './python-process.ts'
import { SetupSteps } from './setup-steps.ts'
import { installTensorrt } from './tensorrt.ts'
import { dependencyArguments, readTorchSource, torchArguments } from './torch-source.ts'
import { environmentsWithTorch } from './torch-version.ts'

/** Starts a worker in the new environment, which describes its backends; returns a line to show. */
export type CheckEnvironment = (interpreter: string, signal: AbortSignal, name: EnvironmentName) => Promise<string>

export interface InstallationDependencies {
  readonly environment: EnvironmentFolder
  readonly pythonPackageFolder: string
  readonly options: PythonInstallOptions
  /** Null if the environment has none. */
  readonly tensorrt: TensorrtChoice | null
  readonly checkEnvironment: CheckEnvironment
  readonly onProgress: (progress: PythonProgress) => void
  readonly signal: AbortSignal
}

export async function installEnvironment(parts: InstallationDependencies): Promise<Commitment> {
  const { environment, options, tensorrt } = parts
  const names = stepNames(options.torchVersion, tensorrt)
  const needsTorch = environmentsWithTorch.includes(environment.name)
  const shown = Object.entries(names).filter(
    ([step]) => !(step === 'torch' && !needsTorch) && !(step === 'tensorrt' && !tensorrt),
  )
  const steps = new SetupSteps(
    environment.name,
    shown.map(([, name]) => name),
    parts.onProgress,
  )
  try {
    const commitment = await runSteps(parts, names, steps)
    steps.end('done', null)
    return commitment
  } catch (error) {
    await removeEnvironment(environment)
    const record = error instanceof BenchError && !parts.signal.aborted ? error.record : null
    steps.end(parts.signal.aborted ? 'cancelled' : 'failed', record)
    throw error
  }
}

function stepNames(torchVersion: string, tensorrt: TensorrtChoice | null) {
  return {
    find: 'Find Python',
    create: 'Create the environment',
    torch: `Install torch ${torchVersion}`,
    packages: 'Install the other packages',
    tensorrt: `Install TensorRT ${tensorrt?.version} for CUDA ${tensorrt?.cuda.slice(2)}`,
    check: 'Check the backends',
  } as const
}

async function runSteps(
  { environment, pythonPackageFolder, options, tensorrt, checkEnvironment, signal }: InstallationDependencies,
  names: ReturnType<typeof stepNames>,
  steps: SetupSteps,
): Promise<Commitment> {
  const { interpreter } = environment
  const needsTorch = environmentsWithTorch.includes(environment.name)
  const requirements = requirementPaths(pythonPackageFolder, environment.name, tensorrt)
  const torch = `torch==${options.torchVersion}`

  const [base, source, tensorrtSource] = await steps.run(names.find, signal, async () => {
    const fits = (minor: number) => pythonRefusal(environment.name, tensorrt, minor) === null
    const found = await findBasePython(options.basePython, signal, fits)
    requirePython(environment.name, tensorrt, found.version)
    steps.detail(names.find, `Python ${found.version}`)
    const tensorrtSource = await readTorchSource(options.tensorrtSource ?? null, 'TensorRT')
    return [found, await readTorchSource(options.torchSource), tensorrtSource] as const
  })
  await steps.run(names.create, signal, async () => {
    await removeEnvironment(environment)
    await writing(environment.folder, () => mkdir(environment.folder, { recursive: true }))
    await requireFreeSpace(environment)
    await makeVirtualEnvironment(base.interpreter, environment.folder, signal)
  })
  if (needsTorch) {
    await steps.run(names.torch, signal, async () => {
      const task = `installing torch ${options.torchVersion}`
      const by = { signal, onLine: (line: string) => steps.installerLine(names.torch, line), task }
      await pipInstall(interpreter, ['--no-deps', ...torchArguments(source), torch], by)
      const compiled = requirements.compiledForTorch.flatMap((file) => ['--requirement', file])
      if (compiled.length === 0) return
      await pipInstall(interpreter, ['--no-deps', ...dependencyArguments(source), ...compiled], by)
    })
  }
  await steps.run(names.packages, signal, async () => {
    const by = {
      signal,
      onLine: (line: string) => steps.installerLine(names.packages, line),
      task: 'installing packages',
    }
    const hashed = requirements.hashed.flatMap((file) => ['--requirement', file])
    await pipInstall(interpreter, ['--require-hashes', '--no-deps', ...hashed], by)
    // What this build of torch needs in addition: the CUDA parts for a CUDA build, nothing for a CPU build.
    if (needsTorch) await pipInstall(interpreter, [...dependencyArguments(source), torch], by)
  })
  if (tensorrt) {
    await steps.run(names.tensorrt, signal, () =>
      installTensorrt({
        ...{ interpreter, choice: tensorrt, source: tensorrtSource, signal },
        onLine: (line) => steps.installerLine(names.tensorrt, line),
      }),
    )
  }
  return steps.run(names.check, signal, async () => {
    steps.detail(names.check, await checkEnvironment(interpreter, signal, environment.name))
    const found = await readInterpreter(interpreter, signal)
    const pinned = [...(needsTorch ? [options.torchVersion] : []), ...(tensorrt ? Object.values(tensorrt) : [])]
    const commitment: Commitment = {
      schemaVersion: 1,
      interpreter,
      pythonVersion: found.pythonVersion,
      extras: found.extras,
      torchVersion: found.torchVersion,
      sizeBytes: await folderSizeBytes(environment.folder),
      requirementsSha256: await requirementsSha256(requirements, ...pinned),
      tensorrt,
    }
    signal.throwIfAborted()
    await writeCommitment(environment.commitFile, commitment)
    return commitment
  })
}

/** Which Python the packages need instead; null if they have builds for this minor version. */
function pythonRefusal(name: EnvironmentName, tensorrt: TensorrtChoice | null, minor: number): string | null {
  const { oldestPythonMinor } = environments[name]
  if (minor < oldestPythonMinor) return `The environment ${name} needs Python 3.${oldestPythonMinor} or newer`
  if (tensorrt === null || minor <= newestPythonMinorOf(tensorrt.version)) return null
  return `TensorRT ${tensorrt.version} has no build for a Python newer than 3.${newestPythonMinorOf(tensorrt.version)}`
}

function requirePython(name: EnvironmentName, tensorrt: TensorrtChoice | null, version: string): void {
  const refusal = pythonRefusal(name, tensorrt, Number(version.split('.')[1]))
  if (refusal === null) return
  throw new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message: `${refusal}; ${version} was found.`,
    remedy: `Name ${refusal.startsWith('The') ? 'a newer' : 'an older'} one: setup python --python INTERPRETER.`,
  })
}

/** In every place that a set-up fills: the environment, and the temporary folder, where pip unpacks downloads. */
async function requireFreeSpace({ name, folder }: EnvironmentFolder): Promise<void> {
  const { minimumFreeGib, temporaryGib } = environments[name]
  const temporary = tmpdir()
  const isOneDisk = (await stat(folder)).dev === (await stat(temporary).catch(() => null))?.dev
  await requireFree(folder, minimumFreeGib + (isOneDisk ? temporaryGib : 0), [
    'the environment needs',
    'put the data folder on another one: ENGINEBENCH_HOME.',
  ])
  if (isOneDisk) return
  await requireFree(temporary, temporaryGib, ['the downloads need', 'name a folder on another one: TMPDIR.'])
}

async function requireFree(folder: string, gibibytes: number, [needs, instead]: readonly [string, string]) {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= gibibytes * 1024 ** 3) return
  throw new BenchError({
    code: 'disk-full',
    stage: 'setup',
    message: `${folder} has ${gigabytes(bavail * bsize)} GB free; ${needs} at least ${gigabytes(gibibytes * 1024 ** 3)} GB.`,
    remedy: `Free space on that disk, or ${instead}`,
  })
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}

async function makeVirtualEnvironment(basePython: string, folder: string, signal: AbortSignal): Promise<void> {
  const result = await runPythonModule(basePython, 'venv', [folder], { signal })
  if (result.exitCode === 0) return
  throw new BenchError({
    code: 'python-setup-failed',
    stage: 'setup',
    message: `${basePython} could not make a virtual environment in ${folder}.`,
    remedy: 'Install its venv and ensurepip parts (on Debian: python3-venv), or use another Python.',
    cause: result.tail.filter((line) => line.trim() !== '').at(-1) ?? null,
  })
}

// The contents of each environment. torch, and packages compiled against it, have builds that differ by machine, so
// they are pinned without a hash and installed first; every other package is pinned with hashes, completely, so that
// pip need not resolve dependencies. TensorRT is pinned to one exact version and comes last, from NVIDIA's own
// packages.
export interface RequirementPaths {
  readonly compiledForTorch: readonly string[]
  readonly hashed: readonly string[]
}

function requirementPaths(
  pythonPackageFolder: string,
  name: EnvironmentName,
  tensorrt: TensorrtChoice | null,
): RequirementPaths {
  const absolute = (file: string) =>
    join(pythonPackageFolder, 'requirements', file.replace('CUDA', tensorrt?.cuda ?? 'cu13'))
  const { compiledForTorch, hashed } = environments[name]
  return { compiledForTorch: compiledForTorch.map(absolute), hashed: hashed.map(absolute) }
}

/** Increase it when the same files would make a different environment. */
export async function requirementsSha256(paths: RequirementPaths, ...pinned: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(pinned.join('\n'))
  for (const path of [...paths.compiledForTorch, ...paths.hashed]) hash.update(await readFile(path))
  return hash.digest('hex')
}
