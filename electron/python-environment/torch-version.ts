// Which torch a new environment gets. Older ones than the minimum load damaged checkpoints unsafely and are refused.
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { EnvironmentName } from '../../shared/ipc/contract.ts'

export const defaultTorchVersion = '2.13.0'
export const environmentsWithTorch: readonly EnvironmentName[] = ['main', 'yolo']
const minimum: readonly [number, number] = [2, 10]

export function isSupportedTorch(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1])
}

/** Throws `bad-usage` for what is not a plain release number, or too old. */
export function requireSupportedTorch(version: string): void {
  if (/^\d+\.\d+(\.\d+)?$/.test(version) && isSupportedTorch(version)) return
  throw new BenchError({
    code: 'bad-usage',
    stage: 'setup',
    message: `torch ${version} cannot be installed: ${minimum.join('.')} or newer is needed, named as a release number.`,
    remedy: `Leave the version out for ${defaultTorchVersion}, or name one such as 2.13.0.`,
  })
}
