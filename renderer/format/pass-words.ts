// The passes beside the rounds, in words: what each is called wherever it is chosen or shown, and what it tells.
import type { Passes } from '../../shared/domain/passes.ts'

interface PassWords {
  readonly title: string
  /** One sentence. */
  readonly tells: string
}

export const passWords: Readonly<Record<keyof Passes, PassWords>> = {
  coldStart: { title: 'Cold start', tells: 'How long a fresh process takes to its first answer, part by part.' },
  energy: { title: 'Energy', tells: 'Joules an image, from the GPU board’s own counter.' },
  timeSplit: { title: 'Time split', tells: 'Where the time of one query goes: copies in, compute, copies out.' },
  layers: { title: 'Layers', tells: 'Time by layer, as each backend’s own profiler tells it.' },
  offline: { title: 'Offline', tells: 'Images a second with all of them there at once.' },
  server: { title: 'Server', tells: 'How many queries a second, arriving at random, keep a latency bound.' },
  limits: { title: 'Limits', tells: 'What share of the device each engine reaches, and what holds it back.' },
}
