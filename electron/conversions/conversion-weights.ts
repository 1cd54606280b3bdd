// Weights of a conversion, found once: the same for its export and for the reference of its parity.
import type { ResolvedWeights } from '../../shared/domain/worker-case.ts'
import type { ConversionJob, StepFrame } from './conversion-job.ts'

export async function resolveWeights(job: ConversionJob, frame: StepFrame): Promise<ResolvedWeights> {
  const { manifest, modelFolder, recipe, signal } = job
  const { weights: choice, seed } = recipe
  if (manifest.source.library === 'own' || manifest.source.library === 'file') {
    return { origin: 'own', folder: null, seed, sha256: null, reason: 'The weights are in the model file.' }
  }
  if (choice.kind === 'seeded') {
    return { origin: 'seeded', folder: null, seed, sha256: null, reason: 'The recipe asks for seeded weights.' }
  }
  const worker = await frame.worker(job.exporter)
  const folder = choice.kind === 'folder' ? choice.folder : null
  const found = await worker.request(
    'resolve-weights',
    { model: manifest, modelFolder, choice: choice.kind, folder, seed },
    signal,
    frame.onProgress,
  )
  return { origin: found.origin, folder: found.folder, seed, sha256: found.sha256, reason: found.reason }
}
