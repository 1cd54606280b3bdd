// Keeps summary.json true while an analysis goes on: a process that is killed has no last word, so what it finished is on
// disk before. Written at the start, and after a file has ended if the last time was long enough ago, since writing takes
// time from the analysis. Whoever writes the final summary waits for `settled` first.
import type { BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import type { VideoAnalysisRecord } from '../../shared/domain/video-record.ts'

const leastPauseNs = 5e9

/** The error of a summary that nobody has finished. */
export const notEnded: BenchErrorRecord = {
  code: 'interrupted',
  stage: 'measure',
  message: 'The analysis has not ended: it is going on, or its process was killed.',
  remedy: 'If nothing is running, analyse the library again into a new folder. The files listed here are complete.',
  cause: null,
}

interface SummaryParts {
  /** The tasks in their order, without any file. */
  readonly analyses: readonly VideoAnalysisRecord[]
  readonly write: (analyses: VideoAnalysisRecord[]) => Promise<void>
  readonly nowNs: () => number
  readonly log: (line: string) => void
}

export class UnfinishedSummary {
  readonly #parts: SummaryParts
  readonly #analyses: VideoAnalysisRecord[]
  #writtenNs: number
  #writing: Promise<void> = Promise.resolve()

  private constructor(parts: SummaryParts) {
    this.#parts = parts
    this.#analyses = parts.analyses.map((analysis) => ({ ...analysis, files: [] }))
    this.#writtenNs = parts.nowNs()
  }

  /** Rejects if nothing can be written there. */
  static async begin(parts: SummaryParts): Promise<UnfinishedSummary> {
    await parts.write([])
    return new UnfinishedSummary(parts)
  }

  heard(event: VideoEvent): void {
    if (event.kind !== 'file-ended') return
    this.#analyses.find(({ task }) => task === event.task)?.files.push(event.file)
    const nowNs = this.#parts.nowNs()
    if (nowNs - this.#writtenNs < leastPauseNs) return
    this.#writtenNs = nowNs
    const begun = this.#analyses
      .filter(({ files }) => files.length > 0)
      .map((each) => ({ ...each, files: [...each.files] }))
    // A disk that refuses is told by whatever must be written there.
    this.#writing = this.#writing.then(() => this.#parts.write(begun)).catch((error) => this.#parts.log(String(error)))
  }

  settled(): Promise<void> {
    return this.#writing
  }
}
