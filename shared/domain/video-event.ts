// What is told while videos are analysed, in the order of happening. A file is told only once it is on disk.
import type { VideoTask } from './analyzer.ts'
import type { VideoFileRecord, VideoRecord } from './video-record.ts'

export type VideoEvent =
  | {
      readonly kind: 'video-started'
      readonly videoId: string
      readonly files: number
      readonly tasks: readonly VideoTask[]
    }
  | { readonly kind: 'stage'; readonly task: VideoTask; readonly fraction: number | null; readonly message: string }
  | {
      readonly kind: 'round-completed'
      readonly task: VideoTask
      readonly file: string
      /** Sampled so far. */
      readonly frames: number
      readonly positionS: number
      /** Null where the file does not say. */
      readonly durationS: number | null
    }
  | { readonly kind: 'file-ended'; readonly task: VideoTask; readonly file: VideoFileRecord }
  | { readonly kind: 'video-ended'; readonly videoId: string; readonly state: VideoRecord['state'] }
