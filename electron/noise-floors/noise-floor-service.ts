// Measures noise floors by ordinary runs of one case listed twice, one after another, each kept as a run folder. The
// machine is watched for quiet once, before the first; the user's waiting runs get their turn in between. Does not
// judge runs: they look floors up.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Machine } from '../../shared/domain/fingerprint.ts'
import { fewestComparisons, type NoiseFloor } from '../../shared/domain/noise-floor.ts'
import { comparisonPlan, noiseFloorSubject } from '../../shared/planning/noise-floor-plan.ts'
import { estimateNoiseFloor, type IdenticalComparison } from '../../shared/statistics/noise-floor.ts'
import type { RunService } from '../services.ts'
import { FloorFiles, type FloorKey, readComparison, readComparisons } from './floor-files.ts'
import type { NoiseFloorProgress, NoiseFloorRequest, NoiseFloors } from './noise-floors.ts'
import { alreadyMeasuring } from './noise-floors.ts'

export interface NoiseFloorDependencies {
  readonly folder: string
  /** Runs of the first comparison, which watch the machine first, and of the later ones, which do not. */
  readonly runs: { readonly watched: Pick<RunService, 'start'>; readonly unwatched: Pick<RunService, 'start'> }
  readonly machine: () => Promise<Machine>
  readonly machineHash: () => Promise<string>
  readonly nowMs: () => number
  readonly utcNow: () => Date
  readonly randomSuffix: () => string
}

interface Measurement {
  readonly parts: NoiseFloorDependencies
  readonly files: FloorFiles
  readonly request: NoiseFloorRequest
  readonly onProgress: (progress: NoiseFloorProgress) => void
  readonly signal: AbortSignal
}

export function createNoiseFloors(parts: NoiseFloorDependencies): NoiseFloors {
  const files = new FloorFiles(parts.folder)
  let isMeasuring = false

  async function alone(measurement: Measurement): Promise<NoiseFloor> {
    if (isMeasuring) throw alreadyMeasuring()
    isMeasuring = true
    try {
      return await measureFloor(measurement)
    } finally {
      isMeasuring = false
    }
  }

  return {
    list: async () => files.list(await parts.machineHash()),
    unreadable: () => files.unreadable(),
    find: async (preset, device) => files.find({ machineHash: await parts.machineHash(), preset, device }),
    measure(request, onProgress) {
      const controller = new AbortController()
      const finished = alone({ parts, files, request, onProgress, signal: controller.signal })
      return {
        finished,
        cancel: () => controller.abort(new Error('Measuring the noise floor was cancelled.')),
      }
    },
  }
}

type UsedComparison = Extract<IdenticalComparison, { readonly ratio: number }>

async function measureFloor(measurement: Measurement): Promise<NoiseFloor> {
  const { parts, files, request, onProgress, signal } = measurement
  const { preset, device, comparisons: of } = request
  if (of < fewestComparisons) throw tooFew(of)
  const key: FloorKey = { machineHash: await parts.machineHash(), preset, device }
  const folder = files.measuringFolder(key)
  const earlier = await readComparisons(folder)
  const made: IdenticalComparison[] = []
  const used = () => ofOneProtocol([...earlier, ...made].filter((each): each is UsedComparison => 'ratio' in each))
  const startedAtMs = parts.nowMs()
  const tell = () => {
    const left = Math.max(0, of - used().length)
    const remainingMs = made.length === 0 ? null : ((parts.nowMs() - startedAtMs) / made.length) * left
    onProgress({ done: Math.min(of, used().length), of, remainingMs })
  }
  tell()
  while (used().length < of) {
    signal.throwIfAborted()
    refuseIfTooMany(made, of)
    const number = earlier.length + made.length + 1
    made.push(...(await compareOnce(measurement, folder, { isFirst: made.length === 0, number })))
    tell()
  }
  const floor = floorOf(used(), key, parts.utcNow())
  await files.keep(floor)
  return floor
}

async function compareOnce(
  { parts, request, signal }: Measurement,
  folder: string,
  { isFirst, number }: { readonly isFirst: boolean; readonly number: number },
): Promise<readonly IdenticalComparison[]> {
  const { preset, device } = request
  const { physicalCores } = await parts.machine()
  const plan = comparisonPlan(preset, device, physicalCores, number)
  const runFolder = join(folder, `${String(number).padStart(3, '0')}-${parts.randomSuffix()}`)
  const runs = isFirst ? parts.runs.watched : parts.runs.unwatched
  const started = await runs.start(plan, runFolder, () => {})
  signal.addEventListener('abort', started.cancel, { once: true })
  if (signal.aborted) started.cancel()
  const record = await started.finished.finally(() => signal.removeEventListener('abort', started.cancel))
  if (signal.aborted) await rm(runFolder, { recursive: true, force: true })
  signal.throwIfAborted()
  const failed = record.error ?? record.groups[0]?.cases.find(({ error }) => error !== null)?.error
  if (failed) throw new BenchError(failed)
  const compared = await readComparison(runFolder)
  return compared.length === 0 ? [{ refused: 'its record cannot be read' }] : compared
}

/** Launches of protocol 2, which have no interval, if there are any: whole runs of protocol 1 differ by something else. */
function ofOneProtocol(used: readonly UsedComparison[]): readonly UsedComparison[] {
  const launches = used.filter(({ excludesOne }) => excludesOne === null)
  return launches.length === 0 ? used : launches
}

/** Comparisons without a result are repeated. Throws once they are half as many as the wanted ones. */
function refuseIfTooMany(made: readonly IdenticalComparison[], wanted: number): void {
  const reasons = made.flatMap((comparison) => ('refused' in comparison ? [comparison.refused] : []))
  if (reasons.length < wanted / 2) return
  throw new BenchError({
    code: 'invalid-samples',
    stage: 'measure',
    message: `${reasons.length} of ${made.length} comparisons showed nothing, the last because: ${reasons.at(-1)}.`,
    remedy: 'Close other programs that keep this machine busy, and measure again. Valid comparisons are kept.',
  })
}

function floorOf(used: readonly UsedComparison[], key: FloorKey, measuredAt: Date): NoiseFloor {
  const estimate = estimateNoiseFloor(used.map(({ ratio }) => ratio))
  if (estimate === null) throw tooFew(used.length)
  return {
    ...estimate,
    comparisons: used.length,
    ...(used.every(({ excludesOne }) => excludesOne === null)
      ? { protocol: 2 as const }
      : { intervalsExcludingOne: used.filter(({ excludesOne }) => excludesOne).length }),
    preset: key.preset,
    device: key.device,
    subject: noiseFloorSubject(key.device),
    machineHash: key.machineHash,
    measuredAt: measuredAt.toISOString(),
  }
}

function tooFew(count: number): BenchError {
  return new BenchError({
    code: 'bad-usage',
    stage: 'plan',
    message: `${count} comparisons are too few for a noise floor.`,
    remedy: `Ask for at least ${fewestComparisons}.`,
  })
}
