// The exit codes of the process. Documented in --help and on the reference page; scripts rely on them.
import { BenchError, type BenchErrorCode } from '../../shared/domain/bench-error.ts'
import type { ConversionRecord } from '../../shared/domain/conversion.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import type { SweepRecord } from '../../shared/domain/sweep.ts'
import type { VideoRecord } from '../../shared/domain/video-record.ts'

export const exitCodes = {
  done: 0,
  failed: 1,
  badUsage: 2,
  casesFailed: 3,
  beyondLimit: 4,
  cannotTell: 5,
  cancelled: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodeHelp = [
  '0    done',
  '1    failed',
  '2    bad usage: nothing was started',
  '3    finished, with failed or skipped cases, points or videos; or converted to ONNX only, because the engine cannot be built here',
  '4    the answer is no: a regression beyond the limit (compare), or no candidate within the limits (decide)',
  '5    the answer cannot be told: an interval crosses the limit, or nothing could be judged',
  '130  cancelled',
].join('\n')

/** The typed command cannot be carried out as typed. */
const usageCodes: ReadonlySet<BenchErrorCode> = new Set([
  'bad-usage',
  'unknown-model',
  'unknown-backend',
  'unknown-run',
  'unsupported-precision',
  'batch-outside-profile',
  'folder-not-empty',
  'licence-not-accepted',
  'no-images',
  'unknown-artifact',
  'unknown-conversion',
  'bad-recipe',
  'bad-profile',
  'no-calibration-images',
  'untrusted-engine',
  'untrusted-code',
  'bad-analyzer',
  'no-videos',
])

/** Something the machine lacks, as opposed to a failure. */
const lackingCodes: ReadonlySet<BenchErrorCode> = new Set(['backend-unavailable', 'python-unavailable'])

export function isUsageCode(code: BenchErrorCode): boolean {
  return usageCodes.has(code)
}

export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof BenchError && isUsageCode(error.record.code) ? exitCodes.badUsage : exitCodes.failed
}

export function exitCodeOfRun(record: RunRecord): ExitCode {
  if (record.state === 'cancelled') return exitCodes.cancelled
  if (record.state !== 'completed') return exitCodes.failed
  const cases = record.groups.flatMap((group) => group.cases)
  return cases.every(({ state }) => state === 'completed') ? exitCodes.done : exitCodes.casesFailed
}

/** A point that does not fit or gains nothing is a result; one that failed for another reason changes the code. */
export function exitCodeOfSweep({ state, points }: SweepRecord): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled
  if (state !== 'completed') return exitCodes.failed
  return points.some((point) => point.state === 'failed') ? exitCodes.casesFailed : exitCodes.done
}

/** A skipped or damaged file, or an engine that ended early, changes the code like a failed case. */
export function exitCodeOfVideo({ state, analyses }: VideoRecord): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled
  if (state !== 'completed') return exitCodes.failed
  const files = analyses.flatMap((analysis) => analysis.files)
  const cases = analyses.flatMap(({ groups }) => groups.flatMap((group) => group.cases))
  return [...files, ...cases].every((each) => each.state === 'completed') ? exitCodes.done : exitCodes.casesFailed
}

export function exitCodeOfConversion({ state, steps, error }: ConversionRecord): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled
  const engine = steps.find(({ name }) => name === 'engine')
  const keptOnnx = steps.some(({ name, artifactKey }) => name !== 'engine' && artifactKey !== null)
  const engineLacks = engine !== undefined && engine.artifactKey === null
  if (state === 'completed') return engineLacks ? exitCodes.casesFailed : exitCodes.done
  return engineLacks && keptOnnx && error !== null && lackingCodes.has(error.code)
    ? exitCodes.casesFailed
    : exitCodes.failed
}
