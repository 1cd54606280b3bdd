// One candidate for every backend that reads an artifact and can run here, on the device that is asked for. Throws `unknown-artifact`, or
// `backend-unavailable` for one that nothing may run.
import { readersOf } from '../../shared/domain/artifact.ts'
import { backendLabels } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Candidate, Plan } from '../../shared/domain/plan.ts'
import type { Services } from '../services.ts'
import type { Terminal } from './terminal.ts'

export interface ArtifactCandidates {
  /** A manifest's id, or the user's file. */
  readonly model: string
  readonly candidates: readonly Candidate[]
}

/** Where none of its readers can run, all are candidates, so that the record says why each was skipped. */
export async function artifactCandidates(
  services: Pick<Services, 'artifacts' | 'backends'>,
  hash: string,
  device: Plan['device'],
  terminal: Pick<Terminal, 'note'>,
): Promise<ArtifactCandidates> {
  const artifact = await services.artifacts.find(hash)
  const readers = readersOf(artifact)
  if (readers.length === 0) throw readByNone(artifact.kind)
  const statuses = await services.backends.list()
  const ready = readers.filter((id) =>
    statuses.some((status) => status.id === id && status.available && status.devices.includes(device)),
  )
  for (const id of readers.filter((reader) => ready.length > 0 && !ready.includes(reader))) {
    terminal.note(`note: ${backendLabels[id]} reads it too, but cannot run on ${device} here.`)
  }
  const { precision, sha256, key, modelId } = artifact
  const model = key === undefined ? modelId : await modelOf(services, key, modelId)
  const backends = ready.length > 0 ? ready : readers
  return { model, candidates: backends.map((backend) => ({ backend, precision, options: {}, artifact: sha256 })) }
}

/** The recipe knows the path of the user's own file; an engine from elsewhere has no recipe. */
async function modelOf({ artifacts }: Pick<Services, 'artifacts'>, key: string, modelId: string): Promise<string> {
  try {
    return (await artifacts.recipeOf(key)).model
  } catch (error) {
    if (error instanceof BenchError) return modelId
    throw error
  }
}

function readByNone(kind: string): BenchError {
  return new BenchError({
    code: 'backend-unavailable',
    stage: 'plan',
    message: `No backend runs this ${kind}: the test builder made it, and it is never measured under another name.`,
    remedy: 'Build the engine where TensorRT is installed, from the same ONNX file.',
  })
}
