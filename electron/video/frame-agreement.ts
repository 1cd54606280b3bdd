// How alike the results of two engines are on the frames of a video. With seeded weights the figures say so: alike or not,
// they mean nothing for predictions. Null with one engine alone.
import type { FrameAgreement } from '../../shared/domain/video-record.ts'
import { seededParityReason } from '../../shared/statistics/parity.ts'
import { boxAgreement, embeddingAgreement } from './result-tables.ts'
import type { FileJob } from './video-analysis.ts'
import type { VideoEngine } from './video-engine.ts'

interface EngineParts {
  readonly engine: VideoEngine
  readonly parts: string
}

export async function frameAgreement(
  { task, isSeeded }: Pick<FileJob, 'task' | 'isSeeded'>,
  [first, second]: readonly EngineParts[],
  frames: number,
): Promise<FrameAgreement | null> {
  if (first === undefined || second === undefined) return null
  const cosine = task === 'embeddings' ? await embeddingAgreement(first.parts, second.parts) : null
  return {
    reference: first.engine.caseKey,
    candidate: second.engine.caseKey,
    frames,
    meanCosine: cosine?.mean ?? null,
    smallestCosine: cosine?.smallest ?? null,
    detection: task === 'detections' ? await boxAgreement(first.parts, second.parts) : null,
    caution: isSeeded ? seededParityReason : null,
  }
}
