// Chooses the TensorRT version if the user names none, or only part of one: the newest for the CUDA that the driver
// supports. Throws `backend-unavailable` if there is no driver to choose by.

import { BenchError } from '../../shared/domain/bench-error.ts'
import { cudaReleases } from '../../shared/domain/gpu-capability.ts'
import {
  defaultTensorrtVersion,
  type TensorrtChoice,
  tensorrtChoiceSchema,
} from '../../shared/domain/python-environment.ts'
import { type KnownFailure, pip, pipInstall } from './pip.ts'
import { dependencyArguments, type PackageSource } from './torch-source.ts'

export const cudaMajors = tensorrtChoiceSchema.shape.cuda.options

/** Oldest major version of NVIDIA's driver for each CUDA version. */
const oldestDriver: Readonly<Record<TensorrtChoice['cuda'], number>> = {
  cu13: cudaReleases[13].oldestDriver,
  cu12: cudaReleases[12].oldestDriver,
}

export interface PartialTensorrtChoice {
  readonly version?: TensorrtChoice['version'] | undefined
  readonly cuda?: TensorrtChoice['cuda'] | undefined
}

/** @param drivers versions as the driver reports them, one per GPU; empty without a GPU. */
export function chooseTensorrt(
  { version = defaultTensorrtVersion, cuda }: PartialTensorrtChoice,
  drivers: readonly string[],
): TensorrtChoice {
  if (cuda !== undefined) return { version, cuda }
  const major = Math.min(...drivers.map((driver) => Number.parseInt(driver, 10)))
  if (Number.isFinite(major) && major >= oldestDriver.cu13) return { version, cuda: 'cu13' }
  if (Number.isFinite(major) && major >= oldestDriver.cu12) return { version, cuda: 'cu12' }
  if (Number.isFinite(major)) throw tooOld(drivers, oldestDriver.cu12, installAnyway)
  throw new BenchError({
    code: 'backend-unavailable',
    stage: 'setup',
    message: 'No NVIDIA driver was found, and TensorRT cannot build or run without one.',
    remedy: installAnyway,
  })
}

/** Throws `backend-unavailable` if a driver is known and too old for a TensorRT that nobody chose. */
export function requireDriver({ cuda }: TensorrtChoice, drivers: readonly string[]): void {
  const major = Math.min(...drivers.map((driver) => Number.parseInt(driver, 10)))
  const oldest = oldestDriver[cuda]
  if (Number.isFinite(major) && major < oldest) throw tooOld(drivers, oldest, 'Update the driver for your GPU.')
}

const installAnyway =
  'Install the driver for your GPU, or install TensorRT anyway by naming its CUDA version: --cuda cu13.'

function tooOld(drivers: readonly string[], oldest: number, remedy: string): BenchError {
  return new BenchError({
    code: 'backend-unavailable',
    stage: 'setup',
    message: `NVIDIA's driver ${drivers[0]} is too old for TensorRT: ${oldest} or newer is needed.`,
    remedy,
  })
}

// Installs one exact version of NVIDIA's TensorRT. NVIDIA's own index has wheels. The usual index holds small source
// packages that fetch the libraries from NVIDIA during installation, which shows no progress: the only case in which a
// package's own program runs during a set-up.
const remedy =
  "Name NVIDIA's package index or a folder of wheels (--tensorrt-source URL|DIR), check that this machine reaches NVIDIA's package index (network, proxy, pip configuration), or make an environment with TensorRT yourself and take it: setup python --environment tensorrt --use INTERPRETER."

/** Message of the source packages if NVIDIA's index gives them nothing. */
const knownFailures: readonly KnownFailure[] = [
  {
    pattern:
      /InstallFailedError|wheel[_-]stub|nvidia[_-]stub|nvidia-pyindex|Failed to (?:download|fetch|build).*tensorrt/i,
    code: 'python-setup-failed',
    message: (task) => `NVIDIA's libraries could not be fetched: ${task} stopped.`,
    remedy,
  },
  {
    pattern: /No matching distribution found|Could not find a version|from versions: none/,
    code: 'python-setup-failed',
    message: (task) =>
      `The package index could not be reached, or has no such TensorRT for this Python: ${task} stopped.`,
    remedy,
  },
]

interface TensorrtInstallation {
  readonly interpreter: string
  readonly choice: TensorrtChoice
  readonly source: PackageSource
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
}

/**
 * Wheels where the named source, or pip's own configuration, has them: they show their progress and run no program.
 * Without a named source, the source packages are the last resort.
 */
export async function installTensorrt({
  interpreter,
  choice: { version, cuda },
  source,
  signal,
  onLine,
}: TensorrtInstallation): Promise<void> {
  const name = `tensorrt-${cuda}`
  const pinned = (packages: readonly string[]) => packages.map((each) => `${each}==${version}`)
  const from = dependencyArguments(source)
  const libraries = pinned([`${name}-libs`, `${name}-bindings`])
  const task = `installing TensorRT ${version} for CUDA ${cuda.slice(2)}`
  // The libraries are gigabytes, and pip's cache would keep a second copy.
  const by = { signal, onLine, task, knownFailures, keepsDownloads: false }
  if (source.kind === 'configured' && !(await hasWheels(interpreter, libraries, signal))) {
    return pipInstall(interpreter, pinned([name]), { ...by, sourcePackages: [name, `${name}-libs`] })
  }
  await pipInstall(interpreter, [...from, ...libraries], by)
  // The package that users import: a few lines, a wheel on some indexes and a source package on others.
  const isWheel = await hasWheels(interpreter, [...from, ...pinned([name])], signal)
  await pipInstall(interpreter, ['--no-deps', ...from, ...pinned([name])], {
    ...by,
    sourcePackages: isWheel ? [] : [name],
    environment: { NVIDIA_TENSORRT_DISABLE_INTERNAL_PIP: '1' },
  })
}

/** Whether pip finds wheels for this Python; asks for their metadata only. */
async function hasWheels(interpreter: string, wanted: readonly string[], signal: AbortSignal): Promise<boolean> {
  const asked = ['install', '--dry-run', '--ignore-installed', '--no-deps', '--no-input', '--quiet', '--no-cache-dir']
  const wheelsOnly = ['--only-binary', ':all:', '--use-feature', 'fast-deps', ...wanted]
  return (await pip(interpreter, [...asked, ...wheelsOnly], { signal })).exitCode === 0
}
