// One engine of an analysis: its case, its worker and its measurements. The worker is started when needed, and again
// after it ended on a file; an engine whose workers keep ending fails. Always close it.

import { type StageTimes, videoStages } from '../../shared/domain/analyzer.ts'
import type { BenchError } from '../../shared/domain/bench-error.ts'
import { measured, missing } from '../../shared/domain/figure.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import type { EnginePace } from '../../shared/domain/video-record.ts'
import type { WorkerCase } from '../../shared/domain/worker-case.ts'
import type { WarmupRule } from '../../shared/planning/protocol.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import type { BackendWorker, OpenTaskWorker } from '../backends/backend-driver.ts'
import type { RunCase } from '../runs/group/run-case.ts'
import { warmUp } from '../runs/group/warm-up.ts'

interface VideoEngineDependencies {
  readonly runCase: RunCase
  readonly workerCase: WorkerCase
  readonly openWorker: OpenTaskWorker
  readonly visibleGpu: string | null
  readonly warmup: WarmupRule
  /** Whether its measurements are compared, and must therefore be steady. */
  readonly isCompared: boolean
  readonly log: (line: string) => void
}

interface RoundPlace {
  readonly round: number
  readonly orderInRound: number
  readonly startedAtNs: number
}

const mostCrashes = 3

export class VideoEngine {
  readonly #parts: VideoEngineDependencies
  /** Blocks of whole queries, and of only their inference. */
  readonly queryBlocks: SampleBlock[] = []
  readonly inferBlocks: SampleBlock[] = []
  #worker: BackendWorker | null = null
  #crashes = 0
  #pace = noPace

  constructor(parts: VideoEngineDependencies) {
    this.#parts = parts
  }

  get runCase(): RunCase {
    return this.#parts.runCase
  }

  get caseKey(): string {
    return this.#parts.runCase.caseKey
  }

  get pace(): PaceTotals {
    return this.#pace
  }

  /** Loaded, precision proved, warmed up. */
  async worker(signal: AbortSignal): Promise<BackendWorker> {
    if (this.#worker !== null) return this.#worker
    const { runCase, workerCase, openWorker, warmup, isCompared, log } = this.#parts
    const worker = await openWorker(workerCase.backend, log, signal, this.#parts.visibleGpu)
    try {
      const prepared = await worker.request('prepare', { case: workerCase }, signal)
      runCase.prepared ??= prepared
      const steadiness = await warmUp(worker, warmup, signal)
      runCase.steadiness.push(isCompared ? steadiness : { ...steadiness, verdict: 'not-checked' })
      runCase.memory ??= await worker.request('measure-memory', { iterations: 2 }, signal)
    } catch (error) {
      await worker.close()
      throw error
    }
    this.#worker = worker
    return worker
  }

  /** Padded batches are not in any block: they take less time than their size suggests. */
  keep(part: RequestResult<'analyze-video'>, { round, orderInRound, startedAtNs }: RoundPlace): void {
    const fullBatches = Math.floor(part.frames / this.#parts.workerCase.batchSize)
    if (fullBatches === 0) return
    const block = {
      launch: 0,
      round,
      block: this.inferBlocks.length,
      orderInRound,
      startedAtNs: Math.max(0, Math.round(part.startedAtNs - startedAtNs)),
      endedAtNs: Math.max(0, Math.round(part.endedAtNs - startedAtNs)),
      leadSamples: 0,
      flags: [],
    }
    const query = { ...block, latenciesMs: part.latenciesMs.slice(0, fullBatches) }
    this.runCase.keep(query)
    this.queryBlocks.push(query)
    this.inferBlocks.push({ ...block, latenciesMs: part.inferMs.slice(0, fullBatches) })
  }

  addPace(totals: PaceTotals): void {
    this.#pace = addPace(this.#pace, totals)
  }

  /** A worker that ended is replaced for the next file, a few times; any other failure ends the engine. */
  async failed(error: BenchError): Promise<void> {
    const ended = ['worker-crashed', 'worker-stalled', 'protocol-violation'].includes(error.record.code)
    if (ended) this.#crashes += 1
    await this.close()
    if (!ended || this.#crashes >= mostCrashes) this.runCase.fail(error.record)
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.close()
  }
}

// Adds up where the time of frames went. Stages come one after another, so their sum is the pipeline's time; time
// between them (messages, the proof of frames) belongs to none of them.

export interface PaceTotals {
  readonly frames: number
  readonly videoS: number
  readonly stageMs: StageTimes
}

export const noPace: PaceTotals = { frames: 0, videoS: 0, stageMs: eachStage(() => 0) }

export function addPace(left: PaceTotals, right: PaceTotals): PaceTotals {
  return {
    frames: left.frames + right.frames,
    videoS: left.videoS + right.videoS,
    stageMs: eachStage((stage) => left.stageMs[stage] + right.stageMs[stage]),
  }
}

export function paceOf(caseKey: string, { frames, videoS, stageMs }: PaceTotals): EnginePace {
  const elapsedMs = videoStages.reduce((sum, stage) => sum + stageMs[stage], 0)
  const isKnown = frames > 0 && elapsedMs > 0
  const perSecond = (count: number) =>
    isKnown ? measured((count / elapsedMs) * 1000) : missing('No frame was analysed.')
  return {
    caseKey,
    frames,
    videoS,
    elapsedMs,
    stageMs,
    stageShares: isKnown ? eachStage((stage) => stageMs[stage] / elapsedMs) : null,
    framesPerSecond: perSecond(frames),
    realTimeFactor: perSecond(videoS),
  }
}

function eachStage(value: (stage: keyof StageTimes) => number): StageTimes {
  return {
    decode: value('decode'),
    preprocess: value('preprocess'),
    infer: value('infer'),
    postprocess: value('postprocess'),
    write: value('write'),
  }
}
