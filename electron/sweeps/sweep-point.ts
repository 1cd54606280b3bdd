// Measures one point: one fresh worker per stream, loaded one after another, then warmed up and timed at the same time.
// Latency is the median over one block of each; throughput counts all answers between the first start and the last end.
// Whatever happens, no worker is left when this returns. Throws what a worker throws.

import { deviceKindOf } from '../../shared/domain/device.ts'
import { type Figure, measured, missing } from '../../shared/domain/figure.ts'
import type { PrecisionProof } from '../../shared/domain/precision.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import { leadSampleCount, measuringRules } from '../../shared/planning/protocol.ts'
import { median } from '../../shared/statistics/descriptive.ts'
import { percentileInterval } from '../../shared/statistics/order-statistic.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import type { BackendDriver, BackendWorker } from '../backends/backend-driver.ts'
import { warmUp } from '../runs/group/warm-up.ts'

interface PointJob {
  readonly driver: BackendDriver
  readonly visibleGpu: string | null
  readonly workerCase: WorkerCase
  readonly streams: number
  readonly pointMs: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface PointFigures {
  readonly latencyMs: Figure
  readonly imagesPerSecond: Figure
  readonly memoryBytes: Figure
  readonly precisionProof: PrecisionProof
  readonly versions: Readonly<Record<string, string>>
}

const warmupMs = 1000
const warmupCapMs = 10_000
const fewestQueries = 3

export async function measurePoint(job: PointJob): Promise<PointFigures> {
  const { workerCase, streams, pointMs, signal } = job
  const rules = measuringRules(workerCase.device)
  const workers: BackendWorker[] = []
  try {
    const prepared: RequestResult<'prepare'>[] = []
    while (workers.length < streams) {
      const worker = await job.driver.open(job.log, signal, job.visibleGpu)
      workers.push(worker)
      prepared.push(await worker.request('prepare', { case: workerCase }, signal))
    }
    const [first] = prepared
    if (first === undefined) throw new Error('A point without streams cannot be measured.')
    const warmup = { ...rules.warmup, minimumMs: warmupMs, lookMs: 0, lookIterations: 0, capMs: warmupCapMs }
    await together(workers, (worker) => warmUp(worker, warmup, signal))
    const block = { ...rules.block, capMs: pointMs, targetMs: Math.min(rules.block.targetMs, pointMs) }
    const blocks = await together(workers, (worker) => worker.request('measure-block', block, signal))
    const sustained = await together(workers, (worker) =>
      worker.request('sustain', { durationMs: pointMs, minimumQueries: fewestQueries }, signal),
    )
    const memories = await together(workers, (worker) =>
      worker.request('measure-memory', { iterations: rules.memoryIterations }, signal),
    )
    return {
      latencyMs: latencyOf(blocks),
      imagesPerSecond: throughputOf(sustained, workerCase.batchSize),
      memoryBytes: memoryOf(memories, workerCase.device),
      precisionProof: first.precisionProof,
      versions: first.versions,
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.close()))
  }
}

/** Waits for all, even if one fails: none may still be computing when its process is closed. */
async function together<Result>(
  workers: readonly BackendWorker[],
  work: (worker: BackendWorker) => Promise<Result>,
): Promise<readonly Result[]> {
  const settled = await Promise.allSettled(workers.map(work))
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value
  })
}

function latencyOf(blocks: readonly RequestResult<'measure-block'>[]): Figure {
  const samples = blocks.flatMap(({ latenciesMs }) => latenciesMs.slice(leadSampleCount(latenciesMs.length)))
  const sorted = Float64Array.from(samples).sort()
  return measured(median(sorted), percentileInterval(sorted, 0.5, 0.95))
}

function throughputOf(sustained: readonly RequestResult<'sustain'>[], batchSize: number): Figure {
  const startedAtNs = Math.min(...sustained.map((each) => each.startedAtNs))
  const endedAtNs = Math.max(...sustained.map((each) => each.endedAtNs))
  const queries = sustained.reduce((sum, each) => sum + each.queries, 0)
  if (endedAtNs <= startedAtNs) return missing('The clock did not advance during the measurement.')
  return measured((queries * batchSize * 1e9) / (endedAtNs - startedAtNs))
}

/** On a GPU, the memory its allocators took: process memory says nothing about it. */
function memoryOf(memories: readonly RequestResult<'measure-memory'>[], device: WorkerCase['device']): Figure {
  let sum = 0
  for (const { allocatorPeakBytes, processPeakBytes } of memories) {
    const peak = deviceKindOf(device) === 'cuda' ? allocatorPeakBytes : processPeakBytes
    if (peak.value === null) return missing(peak.reason)
    sum += peak.value
  }
  return measured(sum)
}
