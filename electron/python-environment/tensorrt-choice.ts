// Which TensorRT an environment gets where the user names none, or names a part: the newest, for the CUDA that the
// driver supports. Throws `backend-unavailable` where there is no driver to choose by.

import { BenchError } from '../../shared/domain/bench-error.ts'
import { type TensorrtChoice, tensorrtChoiceSchema } from '../../shared/domain/python-environment.ts'

export const tensorrtVersions = tensorrtChoiceSchema.shape.version.options
export const cudaMajors = tensorrtChoiceSchema.shape.cuda.options
export const defaultTensorrtVersion: TensorrtChoice['version'] = '11.4.0.106'

/** Oldest major of NVIDIA's driver on which each CUDA runs. */
const oldestDriver: Readonly<Record<TensorrtChoice['cuda'], number>> = { cu13: 580, cu12: 525 }

export interface PartialTensorrtChoice {
  readonly version?: TensorrtChoice['version'] | undefined
  readonly cuda?: TensorrtChoice['cuda'] | undefined
}

/** @param drivers versions as the driver says them, one a GPU; empty where there is none. */
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
      : 'There is no NVIDIA driver here, and TensorRT neither builds nor runs without one.',
    remedy: 'Install the driver of your GPU; or, to install TensorRT all the same, name its CUDA: --cuda cu13.',
  })
}
