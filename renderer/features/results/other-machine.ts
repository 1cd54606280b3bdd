// Whether a run was measured on this machine: by what a user would call the machine, not by its state.
import type { Machine } from '../../../shared/domain/fingerprint.ts'

/** `NVIDIA H200, AMD EPYC 9654`, where the run's machine is not this one; null where it is. */
export function otherMachine(own: Machine, ran: Machine): string | null {
  const same = own.cpuModel === ran.cpuModel && own.physicalCores === ran.physicalCores && gpusOf(own) === gpusOf(ran)
  return same ? null : [gpusOf(ran), ran.cpuModel].filter(Boolean).join(', ')
}

function gpusOf({ gpus }: Machine): string {
  return gpus.map(({ name }) => name).join(', ')
}
