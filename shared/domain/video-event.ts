// Events of a video analysis, in the order of happening. A file is reported only once it is on disk.
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
      /** Frames sampled so far. */
      readonly frames: number
      readonly positionS: number
      /** Null if the file does not say. */
      readonly durationS: number | null
    }
  | { readonly kind: 'file-ended'; readonly task: VideoTask; readonly file: VideoFileRecord }
  | { readonly kind: 'video-ended'; readonly videoId: string; readonly state: VideoRecord['state'] }
