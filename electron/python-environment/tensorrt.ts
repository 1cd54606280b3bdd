// Chooses the TensorRT version if the user names none, or only part of one: the newest for the CUDA that the driver
// supports. Throws `backend-unavailable` if there is no driver to choose by.
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type TensorrtChoice, tensorrtChoiceSchema } from '../../shared/domain/python-environment.ts'
import { type KnownFailure, pipInstall } from './pip.ts'

export const tensorrtVersions = tensorrtChoiceSchema.shape.version.options
export const cudaMajors = tensorrtChoiceSchema.shape.cuda.options
export const defaultTensorrtVersion: TensorrtChoice['version'] = '11.4.0.106'

/** Oldest major version of NVIDIA's driver for each CUDA version. */
const oldestDriver: Readonly<Record<TensorrtChoice['cuda'], number>> = { cu13: 580, cu12: 525 }

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
  throw new BenchError({
    code: 'backend-unavailable',
    stage: 'setup',
    message: Number.isFinite(major)
      ? `NVIDIA's driver ${drivers[0]} is too old for TensorRT: ${oldestDriver.cu12} or newer is needed.`
      : 'No NVIDIA driver was found, and TensorRT cannot build or run without one.',
    remedy: 'Install the driver for your GPU, or install TensorRT anyway by naming its CUDA version: --cuda cu13.',
  })
}

// Installs one exact version of NVIDIA's TensorRT. The package index holds small source packages that fetch the
// libraries from NVIDIA during installation: the only case in which a package's own program runs during a set-up.
const remedy =
  "Check that this machine reaches NVIDIA's package index (network, proxy, pip configuration), or make an environment with TensorRT yourself and take it: setup python --environment tensorrt --use INTERPRETER."

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

export async function installTensorrt(
  interpreter: string,
  { version, cuda }: TensorrtChoice,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  const name = `tensorrt-${cuda}`
  await pipInstall(interpreter, [`${name}==${version}`], {
    signal,
    onLine,
    task: `installing TensorRT ${version} for CUDA ${cuda.slice(2)}`,
    sourcePackages: [name, `${name}-libs`],
    knownFailures,
  })
}
