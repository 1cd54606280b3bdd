// A model in a line: what it does, what it takes, where it comes from.
import type { ModelManifest } from '../../../shared/domain/model.ts'
import { parameters } from './row-cells.ts'

const tasks: Readonly<Record<ModelManifest['task'], string>> = {
  'image-embedding': 'image embedding',
  'object-detection': 'detection',
  'image-classification': 'classification',
  custom: 'your own model',
}

/** `detection, 1×3×800×800, facebook@1d5f47b`. */
export function modelFacts({ task, input, source }: ModelManifest): string {
  const shape = `1×${input.channels}×${input.height}×${input.width}`
  const [owner] = source.repository.split('/')
  const origin =
    source.library === 'own' ? 'our own' : source.revision ? `${owner}@${source.revision.slice(0, 7)}` : source.library
  return source.library === 'file' ? `your file, ${shape}` : `${tasks[task]}, ${shape}, ${origin}`
}

/** For a row without a track: `classification, 5.3 M params`. */
export function shortFacts({ task, parameterCount, source }: ModelManifest): string {
  const size = parameterCount === null ? '' : `, ${parameters(parameterCount)} params`
  return `${source.library === 'file' ? 'your file' : tasks[task]}${size}`
}
