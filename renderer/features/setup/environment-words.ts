// What is said of a Python environment: whose it is, how large, and whether it works.
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { bytes } from '../../format/number.ts'

export function environmentWords(environment: PythonEnvironment): string {
  if (environment.state === 'absent') return 'not created'
  const size = environment.sizeBytes === null ? '' : `, ${bytes(environment.sizeBytes)}`
  const owner = environment.adopted ? 'your own, adopted' : 'managed by Enginebench'
  return `${owner}${size}${environment.state === 'broken' ? ', broken' : ''}`
}
