// A backend that cannot be asked: it is listed all the same, with the reason and what helps.
import { type BackendId, type BackendStatus, licenceOfBackend } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'

export function unavailableStatus(
  id: BackendId,
  runsIn: BackendStatus['runsIn'],
  reason: string,
  remedy: string,
): BackendStatus {
  return {
    id,
    runsIn,
    available: false,
    reason,
    remedy,
    version: null,
    precisions: [],
    devices: [],
    licence: licenceOfBackend(id),
    optionsSchema: null,
  }
}

/** @throws what is not a BenchError: that is a bug. */
export function statusOfFailure(id: BackendId, runsIn: BackendStatus['runsIn'], error: unknown): BackendStatus {
  if (!(error instanceof BenchError)) throw error
  return unavailableStatus(id, runsIn, error.record.message, error.record.remedy)
}
