// What the two words of `settle` name: a case of a run (RUN or RUN:CASE), a converted artifact by its hash, or
// BACKEND:PRECISION. A run without a case is enough where only one can be meant.
import { backendIds } from '../../shared/domain/backend.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { Option } from '../../shared/domain/option.ts'
import type { Candidate } from '../../shared/domain/plan.ts'
import type { CaseRecord, GroupRecord, RunRecord } from '../../shared/domain/run.ts'
import { type SettleSide, sideOfRun } from '../../shared/planning/settle-plan.ts'
import { openRunFolder } from '../store/run-folder.ts'
import { type CommandContext, usageError } from './command.ts'
import { runFolderNamed } from './named-folders.ts'
import { artifactCandidates, candidateSchema, planDefaults, plannedInputs, planOptions } from './plan-options.ts'

const { backends: _, artifact: __, ...options } = planOptions

/** For sides that are named without a run; a run's case is measured on the inputs of its run. */
export const settleInputOptions = options

type InputContext = Pick<CommandContext<typeof settleInputOptions>, 'services' | 'terminal' | 'values' | 'given'> & {
  readonly batchSize: number
}

export type NamedSide =
  | { readonly kind: 'run'; readonly record: RunRecord; readonly caseName: string | null }
  | { readonly kind: 'artifact'; readonly hash: string }
  | { readonly kind: 'candidate'; readonly candidate: Candidate }

/** Throws `unknown-run`, or why a record cannot be read. */
export async function namedSide(context: Pick<InputContext, 'services'>, word: string): Promise<NamedSide> {
  if (/^[0-9a-f]{6,64}$/.test(word)) return { kind: 'artifact', hash: word }
  if (backendIds.some((id) => word === id || word.startsWith(`${id}:`)))
    return { kind: 'candidate', candidate: candidateOf(word) }
  const whole = await openedRun(context, word)
  if (!(whole instanceof BenchError)) return { kind: 'run', record: whole, caseName: null }
  const [, named, caseName] = /^(.+):([^:\\]+)$/.exec(word) ?? []
  if (named === undefined || caseName === undefined) throw whole
  const run = await openedRun(context, named)
  if (run instanceof BenchError) throw run
  return { kind: 'run', record: run, caseName }
}

function candidateOf(word: string): Candidate {
  const read = candidateSchema.safeParse(word)
  if (read.success) return read.data
  throw usageError(`"${word}" is not a candidate.`, read.error.issues[0]?.message ?? 'Write BACKEND:PRECISION.')
}

async function openedRun({ services }: Pick<InputContext, 'services'>, named: string): Promise<RunRecord | BenchError> {
  try {
    return (await openRunFolder(await runFolderNamed(services, named))).record
  } catch (error) {
    if (error instanceof BenchError) return error
    throw error
  }
}

/** Throws `bad-usage` where more than one case can be meant, or where an option would not be read. */
export async function settleSides(
  context: InputContext,
  named: readonly [NamedSide, NamedSide],
): Promise<readonly [SettleSide, SettleSide]> {
  const [left, right] = named
  const ofRun = named.filter((side) => side.kind === 'run')
  const typed = Object.values<Option>(settleInputOptions).filter(({ flag }) => context.given.has(flag))
  if (ofRun.length > 0 && (typed.length > 0 || context.given.has('batch'))) {
    const flags = [...typed.map(({ flag }) => flag), ...(context.given.has('batch') ? ['batch'] : [])]
    throw usageError(
      `--${flags.join(', --')} does not apply to a case of a run: it is measured as that run was.`,
      'Leave it out, or name both cases as BACKEND:PRECISION or by their hashes.',
    )
  }
  const recorded = ofRun.map(({ record, caseName }) => placedCases(record, caseName))
  const common = recorded.length === 2 ? commonCase(recorded) : null
  const places = ofRun.map(({ record }, index) => common?.[index] ?? onlyCase(record, recorded[index] ?? []))
  const [first] = ofRun
  const [place] = places
  const base = first === undefined || place === undefined ? null : sideOfRun(first.record, place.group, place.entry)
  const sides: SettleSide[] = []
  for (const side of [left, right]) {
    const index = side.kind === 'run' ? ofRun.indexOf(side) : -1
    const own = places[index]
    if (side.kind === 'run' && own !== undefined) sides.push(sideOfRun(side.record, own.group, own.entry))
    else if (side.kind !== 'run') sides.push(await unrecordedSide(context, side, base))
  }
  const [one, other] = sides
  if (one === undefined || other === undefined) throw usageError('settle needs two cases.', 'Name both.')
  return [one, other]
}

interface Place {
  readonly group: GroupRecord
  readonly entry: CaseRecord
}

/** Of this name, which may leave out the group: all of the run without a name. */
function placedCases({ groups, runId }: RunRecord, named: string | null): readonly Place[] {
  const all = groups.flatMap((group) => group.cases.map((entry) => ({ group, entry })))
  if (named === null) return all
  const found = all.filter(
    ({ entry, group }) => entry.caseKey === named || `${group.groupKey}/${entry.caseKey}` === named,
  )
  if (found.length > 0) return found
  throw usageError(`${runId} has no case ${named}.`, `Choose from: ${all.map(keyOf).join(', ')}.`)
}

function keyOf({ group, entry }: Place): string {
  return `${group.groupKey}/${entry.caseKey}`
}

/** The only pair of the same key in both, if neither says more; null if there are several or none. */
function commonCase([left = [], right = []]: readonly (readonly Place[])[]): readonly Place[] | null {
  const pairs = left.flatMap((place) =>
    right.filter((other) => keyOf(other) === keyOf(place)).map((other) => [place, other]),
  )
  const [only] = pairs
  return pairs.length === 1 && only !== undefined && (left.length > 1 || right.length > 1) ? only : null
}

function onlyCase({ runId }: RunRecord, places: readonly Place[]): Place {
  const [only] = places
  if (only !== undefined && places.length === 1) return only
  throw usageError(
    `${runId} has ${places.length} cases that this can mean.`,
    `Name one after a colon, RUN:CASE, from: ${places.map(keyOf).join(', ')}.`,
  )
}

/** @param base the other side, if it is a case of a run: this one is measured on the same inputs. */
async function unrecordedSide(
  context: InputContext,
  side: Exclude<NamedSide, { kind: 'run' }>,
  base: SettleSide | null,
): Promise<SettleSide> {
  const { services, terminal, values } = context
  const device = base?.inputs.device ?? values.device
  const found = side.kind === 'artifact' ? await artifactCandidates(services, side.hash, device, terminal) : null
  const candidate = side.kind === 'candidate' ? side.candidate : found?.candidates[0]
  if (candidate === undefined) throw usageError('No backend runs this artifact.', 'Name another one.')
  if (base !== null) {
    const inputs = { ...base.inputs, model: found?.model ?? base.inputs.model }
    return { candidate, batchSize: base.batchSize, inputs, recorded: null }
  }
  const model = values.model ?? found?.model
  if (model === undefined) {
    throw usageError('settle needs a model for these cases.', 'Add --model ID or --model FILE.onnx.')
  }
  const typed = { ...values, model, backends: [candidate], artifact: undefined }
  const defaults = await planDefaults({ services, terminal, values: typed })
  const { candidates: _none, ...inputs } = plannedInputs({ values: typed }, defaults)
  return { candidate, batchSize: context.batchSize, inputs, recorded: null }
}
