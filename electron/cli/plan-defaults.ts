// What a plan holds where the command line is silent: the model's own backends that can run here, or whatever reads the
// artifacts that are named. Throws `unknown-model`, `unknown-artifact`, and `bad-usage` where nothing can run.
import { artifactCandidates } from './artifact-candidates.ts'
import type { CommandContext } from './command.ts'
import { choiceOption, listOption, type Options } from './option-value.ts'
import { defaultCandidates, defaultImageLimit, modelOption, type PlanDefaults, wholeTestSet } from './plan-options.ts'
import { usageError } from './usage-error.ts'

export async function planDefaults(
  { services, terminal }: CommandContext,
  options: Options,
  command = 'run',
): Promise<PlanDefaults> {
  const artifact = await namedArtifacts({ services, terminal }, options)
  const model = artifact && options.model === undefined ? artifact.model : modelOption(options, command)
  const { manifest } = await services.models.find(model)
  const threads = (await services.machine()).physicalCores
  const imageLimit = manifest.evaluation === null ? defaultImageLimit : wholeTestSet
  if (artifact) return { candidates: [], threads, imageLimit, artifact }
  if (options.backends !== undefined) return { candidates: [], threads, imageLimit }
  const statuses = await services.backends.list()
  const available = new Map(statuses.filter((status) => status.available).map(({ id, precisions }) => [id, precisions]))
  const candidates = defaultCandidates(manifest, available)
  if (candidates.length > 0) return { candidates, threads, imageLimit }
  throw usageError(
    `No backend of ${manifest.id} can run on this machine yet.`,
    'See what helps: enginebench doctor. Then name backends: --backends onnxruntime-node:fp32',
  )
}

/** Null where none is named. All must be of one model, or be compared on a model that is named. */
async function namedArtifacts(
  { services, terminal }: Pick<CommandContext, 'services' | 'terminal'>,
  options: Options,
): Promise<NonNullable<PlanDefaults['artifact']> | null> {
  const device = choiceOption(options, 'device', ['cpu', 'cuda']) ?? 'cpu'
  const hashes = listOption(options, 'artifact')
  if (hashes === null) return null
  const found = []
  for (const hash of hashes) found.push(await artifactCandidates(services, hash, device, terminal))
  const models = [...new Set(found.map(({ model }) => model))]
  if (models.length > 1 && options.model === undefined) {
    throw usageError(`These artifacts are of several models: ${models.join(', ')}.`, 'Compare artifacts of one model.')
  }
  return { model: models[0] ?? '', candidates: found.flatMap(({ candidates }) => candidates) }
}
