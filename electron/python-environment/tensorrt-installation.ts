// Installs NVIDIA's TensorRT of one exact version. The package index holds small source packages that fetch the
// libraries from NVIDIA while they are installed: the one place where a package's own program runs during a set-up.
import type { TensorrtChoice } from '../../shared/domain/python-environment.ts'
import { pipInstall } from './pip.ts'
import type { KnownFailure } from './pip-failure.ts'

const remedy =
  'Check that this machine reaches NVIDIA’s package index (network, proxy, pip configuration), or make an environment with TensorRT yourself and take it: setup python --environment tensorrt --use INTERPRETER.'

/** What the source packages say when NVIDIA's index gives them nothing. */
const knownFailures: readonly KnownFailure[] = [
  {
    pattern:
      /InstallFailedError|wheel[_-]stub|nvidia[_-]stub|nvidia-pyindex|Failed to (?:download|fetch|build).*tensorrt/i,
    code: 'python-setup-failed',
    message: (task) => `NVIDIA’s libraries could not be fetched: ${task} stopped.`,
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
