import { join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import type { OptionFault } from '../../shared/domain/option.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { type Recipe, recipeSchema } from '../../shared/domain/recipe.ts'
import { repeatedBuilds } from '../../shared/planning/recipe.ts'
import { shellWord } from '../../shared/planning/shell-word.ts'
import type { Services } from '../services.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { largestBytes, readTextFile } from '../store/regular-file.ts'
import { artifactText } from './artifact-text.ts'
import { bestArtifact, precisionsToTry } from './best-precision.ts'
import { type CommandContext, defineCommand, faultsOfCheck, refusalOf, usageError } from './command.ts'
import { type Converted, conversionWriter, convert } from './conversion.ts'
import { type ExitCode, exitCodeOfConversion, exitCodes } from './exit-code.ts'
import { bytesText, durationText } from './figure-text.ts'
import { findNamedModel, namedModel } from './model-options.ts'
import { requireNewOrEmpty } from './named-folders.ts'
import { namedPlugin } from './plugin-options.ts'
import { convertMisfits, convertOptions, manifestMisfits, recipeFrom } from './recipe-options.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

type ConvertContext = CommandContext<typeof convertOptions>

/** If one of these options is refused, the recipe cannot be checked. */
const recipeDecides: ReadonlySet<string> = new Set(['model', 'to', 'precision'])

/** Carries out a recipe, typed or from a file, and keeps every step's artifact. */
export const convertCommand = defineCommand({
  usage: 'convert',
  description: 'Convert a model: PyTorch to ONNX, to a lower precision, to an engine',
  options: convertOptions,
  examples: [
    'enginebench convert --model digits --to onnx --precision int8',
    'enginebench convert --model clip-vit-b32 --to tensorrt --precision fp16 --batch 1:8:16 --out ./clip-fp16',
    'enginebench convert --recipe clip-fp16.json',
  ],
  misfits: convertMisfits,
  async furtherFaults(context) {
    const { given, refused, values } = context
    const { precision } = values
    const isTyped = given.has('model') && given.has('to') && !given.has('recipe')
    if (!isTyped || precision === 'best' || [...refused].some((flag) => recipeDecides.has(flag))) return []
    return faultsOfCheck(async () => recipeFaults(context, await typedRecipe(context, precision)))
  },
  async run(context) {
    const { services, values, terminal } = context
    const { out, builds } = values
    if (out !== undefined) await requireNewOrEmpty(out)
    const unsubscribe = services.conversions.subscribe(conversionWriter(values.progress, terminal))
    try {
      if (builds !== undefined) return await convertBuilds(context, await recipeOf(context), builds)
      const converted =
        values.precision === 'best' ? await convertToBest(context) : await convert(context, await recipeOf(context))
      const code = exitCodeOfConversion(converted.record)
      const result = code === exitCodes.done || code === exitCodes.casesFailed ? converted.artifacts.at(-1) : undefined
      if (out !== undefined && result?.key) await services.artifacts.copyTo(result.key, out)
      await saveRecipe(context, converted)
      print(context, converted, result)
      return code
    } finally {
      unsubscribe()
    }
  },
})

async function recipeOf(context: ConvertContext): Promise<Recipe> {
  const { recipe, precision } = context.values
  if (recipe !== undefined) return readRecipe(recipe)
  const typed = await typedRecipe(context, precision === 'best' ? 'fp32' : precision)
  const faults = await recipeFaults(context, typed)
  if (faults.length > 0) throw refusalOf(faults, 'convert')
  return typed
}

async function typedRecipe(context: ConvertContext, precision: Precision): Promise<Recipe> {
  const { services, values, terminal } = context
  const model = namedModel(values) ?? ''
  const { manifest } = await findNamedModel(services, model, values, terminal)
  const recipe = recipeFrom(context, manifest, model, precision)
  const plugin = recipe.engine === null ? undefined : await namedPlugin(services, values)
  return plugin === undefined || recipe.engine === null ? recipe : { ...recipe, engine: { ...recipe.engine, plugin } }
}

/** Options the model gives no meaning, and refusals of the conversion service. */
async function recipeFaults(
  context: ConvertContext,
  recipe: Recipe,
): Promise<readonly (OptionFault | BenchErrorRecord)[]> {
  const { models, conversions } = context.services
  const [{ manifest }, check] = await Promise.all([models.find(recipe.model), conversions.check(recipe)])
  return [...manifestMisfits(context, manifest), ...check.refusals]
}

async function readRecipe(file: string): Promise<Recipe> {
  const text = await readTextFile(file, largestBytes.typed).catch((error: Error) => {
    throw badRecipe(`${file} cannot be read.`, error.message)
  })
  try {
    return recipeSchema.parse(JSON.parse(text))
  } catch (error) {
    throw badRecipe(`${file} is not a recipe of this version.`, error instanceof Error ? error.message : null)
  }
}

function badRecipe(message: string, cause: string | null): BenchError {
  const remedy = 'Name a file that --save-recipe or the window saved.'
  return new BenchError({ code: 'bad-recipe', stage: 'plan', message, remedy, cause })
}

/** Makes every precision that the target and the model support; a benchmark of those that passed parity decides. */
async function convertToBest(context: ConvertContext): Promise<Converted> {
  const model = namedModel(context.values) ?? ''
  const { manifest } = await findNamedModel(context.services, model, context.values, context.terminal)
  const misfits = manifestMisfits(context, manifest)
  if (misfits.length > 0) throw refusalOf(misfits, 'convert')
  const made: Converted[] = []
  for (const precision of await precisionsToTry(context, manifest)) {
    const converted = await convert(context, await typedRecipe(context, precision))
    context.signal.throwIfAborted()
    if (exitCodeOfConversion(converted.record) === exitCodes.done) made.push(converted)
    else context.terminal.note(`note: ${precision} is left out: ${converted.record.error?.message ?? 'not finished'}`)
  }
  const best = await bestArtifact(
    context,
    made.flatMap(({ artifacts }) => artifacts.at(-1) ?? []),
  )
  const chosen = made.find(({ artifacts }) => artifacts.at(-1)?.sha256 === best.sha256)
  if (chosen) return chosen
  throw new Error('the best artifact is none of those made')
}

async function saveRecipe({ values }: ConvertContext, { record, artifacts }: Converted): Promise<void> {
  if (values.saveRecipe === undefined) return
  const expected = artifacts.flatMap(({ step, sha256 }) => (step && step !== 'engine' ? [{ step, sha256 }] : []))
  await writeAtomically(values.saveRecipe, jsonText({ ...record.recipe, expected }))
}

/** Measured on the INT8 graph, and shown with the engine built from it. */
function sensitivityIn(artifacts: readonly Artifact[]): Artifact['sensitivity'] {
  return artifacts.findLast(({ sensitivity }) => sensitivity)?.sensitivity ?? null
}

function print({ terminal, values }: ConvertContext, { record, artifacts }: Converted, result: Artifact | undefined) {
  const { conversionId, state, steps, error, warnings } = record
  if (values.json) {
    terminal.result(JSON.stringify({ artifacts, conversionId, state, steps, error, warnings }, null, 2))
  } else if (result) terminal.result(artifactText({ ...result, sensitivity: sensitivityIn(artifacts) }))
  for (const warning of warnings) terminal.note(`warning: ${warning}`)
  if (error) terminal.note(`error: ${error.message}\n${error.remedy}`)
  else if (state !== 'completed') terminal.note(`${conversionId}: ${state}; finished steps are kept`)
}

/**
 * Builds the same engine several times, never from the cache, and reports the spread of build times and sizes. To
 * measure the spread of their speed, compare them in one run; the command is shown.
 */
async function convertBuilds(context: ConvertContext, recipe: Recipe, count: number): Promise<ExitCode> {
  const { services, values, terminal, signal } = context
  if (recipe.engine === null) {
    throw usageError('--builds does not apply to this recipe: it builds no engine.', 'Use a recipe of an engine.')
  }
  const builds: Artifact[] = []
  let code: ExitCode = exitCodes.done
  for (const each of repeatedBuilds(recipe, await nextBuild(services), count)) {
    const { record, artifacts } = await convert(context, each)
    code = exitCodeOfConversion(record)
    const made = artifacts.find(({ build }) => build === each.build)
    if (made !== undefined) {
      builds.push(made)
      if (values.out !== undefined) {
        await services.artifacts.copyTo(made.key ?? made.sha256, join(values.out, `build-${builds.length}`))
      }
    }
    if (record.error) terminal.note(`error: ${record.error.message}\n${record.error.remedy}`)
    if (code !== exitCodes.done || signal.aborted) break
  }
  terminal.result(values.json ? JSON.stringify({ builds }, null, 2) : buildsText(builds, recipe.model, terminal))
  return code
}

/** Uses each number only once, so that no build is found in the cache. */
async function nextBuild({ artifacts }: Pick<Services, 'artifacts'>): Promise<number> {
  return 1 + Math.max(0, ...(await artifacts.list()).map(({ build }) => build ?? 0))
}

export function buildsText(
  builds: readonly Pick<Artifact, 'sha256' | 'buildTimeMs' | 'sizeBytes' | 'build'>[],
  model: string,
  terminal: Pick<Terminal, 'resultIsTerminal'>,
): string {
  if (builds.length === 0) return 'Nothing was built.'
  const columns = [
    { title: 'Build' },
    { title: 'sha256' },
    { title: 'build time', align: 'right' },
    { title: 'size', align: 'right' },
  ] as const
  const rows = builds.map(({ sha256, buildTimeMs, sizeBytes, build }) => [
    String(build ?? 1),
    sha256.slice(0, 12),
    durationText(buildTimeMs),
    bytesText(sizeBytes),
  ])
  const table = textTable(columns, rows, terminal)
  if (builds.length < 2) return table
  const times = range(
    builds.map(({ buildTimeMs }) => buildTimeMs),
    durationText,
  )
  const sizes = range(
    builds.map(({ sizeBytes }) => sizeBytes),
    bytesText,
  )
  const hashes = [...new Set(builds.map(({ sha256 }) => sha256.slice(0, 12)))]
  const alike =
    hashes.length === 1
      ? 'All builds have the same bytes.'
      : `${hashes.length} of ${builds.length} builds differ in their bytes.`
  const run = `To compare their speed: enginebench run --model ${shellWord(model)} --artifact ${hashes.join(',')}`
  return [
    table,
    `Spread between builds: build time ${times}, size ${sizes}. ${alike}`,
    ...(hashes.length === 1 ? [] : [run]),
  ].join('\n\n')
}

function range(values: readonly number[], text: (value: number) => string): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))]
  return low === high ? low : `${low} to ${high}`
}
