// Adds up where the time of frames went. Stages come one after another, so their sum is the time of the pipeline; what
// stands between parts (messages, the proof of frames) is in none of them.
import { type StageTimes, videoStages } from '../../shared/domain/analyzer.ts'
import { measured, missing } from '../../shared/domain/figure.ts'
import type { EnginePace } from '../../shared/domain/video-record.ts'

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
