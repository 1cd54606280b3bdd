import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { type Precision, precisionSchema } from '../../shared/domain/precision.ts'
import { type Recipe, recipeSchema } from '../../shared/domain/recipe.ts'
import { jsonText, writeAtomically } from '../store/atomic-file.ts'
import { artifactText } from './artifact-text.ts'
import { bestArtifact, precisionsToTry } from './best-precision.ts'
import { type CliCommand, type CommandContext, jsonOption } from './command.ts'
import { conversionWriter } from './conversion-progress.ts'
import { convertBuilds } from './convert-builds.ts'
import { convertOptions } from './convert-options.ts'
import { type Converted, convert } from './converted.ts'
import { requireNewOrEmpty } from './empty-folder.ts'
import { exitCodeOfConversion, exitCodes } from './exit-code.ts'
import { choiceOption, integerOption, switchOption, textOption } from './option-value.ts'
import { modelOption } from './plan-options.ts'
import { recipeFromOptions } from './recipe-options.ts'
import { progressKinds } from './run-progress.ts'

/** Carries out a recipe, typed or from a file, and keeps what each step gives. */
export const convertCommand: CliCommand = {
  usage: 'convert',
  description: 'Convert a model: PyTorch to ONNX, to a lower precision, to an engine',
  options: [...convertOptions, jsonOption],
  examples: [
    'enginebench convert --model digits --to onnx --precision int8',
    'enginebench convert --model clip-vit-b32 --to tensorrt --precision fp16 --batch 1:8:16 --out ./clip-fp16',
    'enginebench convert --recipe clip-fp16.json',
  ],
  async run(context) {
    const { services, options, terminal } = context
    const out = textOption(options, 'out')
    if (out !== null) await requireNewOrEmpty(resolve(out))
    const unsubscribe = services.conversions.subscribe(
      conversionWriter(choiceOption(options, 'progress', progressKinds) ?? 'text', terminal),
    )
    try {
      const builds = integerOption(options, 'builds', 2, 100)
      if (builds !== null) return await convertBuilds(context, await recipeOf(context), builds, out)
      const best = choiceOption(options, 'precision', [...precisionSchema.options, 'best']) === 'best'
      const converted = best ? await convertToBest(context) : await convert(context, await recipeOf(context))
      const code = exitCodeOfConversion(converted.record)
      const result = code === exitCodes.done || code === exitCodes.casesFailed ? converted.artifacts.at(-1) : undefined
      if (out !== null && result?.key) await services.artifacts.copyTo(result.key, resolve(out))
      await saveRecipe(context, converted)
      print(context, converted, result)
      return code
    } finally {
      unsubscribe()
    }
  },
}

async function recipeOf({ services, options }: CommandContext): Promise<Recipe> {
  const file = textOption(options, 'recipe')
  if (file !== null) return readRecipe(resolve(file))
  const precision = choiceOption(options, 'precision', precisionSchema.options) ?? 'fp32'
  return typedRecipe({ services, options }, precision)
}

async function typedRecipe({ services, options }: Pick<CommandContext, 'services' | 'options'>, precision: Precision) {
  const model = modelOption(options, 'convert')
  const { manifest } = await services.models.find(model)
  return recipeFromOptions(options, manifest, model, precision)
}

async function readRecipe(file: string): Promise<Recipe> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw badRecipe(`${file} cannot be read.`, error.message)
  })
  try {
    return recipeSchema.parse(JSON.parse(text))
  } catch (error) {
    throw badRecipe(`${file} is no recipe of this version.`, error instanceof Error ? error.message : null)
  }
}

function badRecipe(message: string, cause: string | null): BenchError {
  const remedy = 'Name a file that --save-recipe or the window wrote.'
  return new BenchError({ code: 'bad-recipe', stage: 'plan', message, remedy, cause })
}

/** Every precision that the target and the model take is made; a benchmark of those that passed parity decides. */
async function convertToBest(context: CommandContext): Promise<Converted> {
  const { manifest } = await context.services.models.find(modelOption(context.options, 'convert'))
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

async function saveRecipe({ options }: CommandContext, { record, artifacts }: Converted): Promise<void> {
  const file = textOption(options, 'saveRecipe')
  if (file === null) return
  const expected = artifacts.flatMap(({ step, sha256 }) => (step && step !== 'engine' ? [{ step, sha256 }] : []))
  await writeAtomically(resolve(file), jsonText({ ...record.recipe, expected }))
}

/** Measured on the INT8 graph, and told with the engine that was built from it. */
function sensitivityIn(artifacts: readonly Artifact[]): Artifact['sensitivity'] {
  return artifacts.findLast(({ sensitivity }) => sensitivity)?.sensitivity ?? null
}

function print({ terminal, options }: CommandContext, { record, artifacts }: Converted, result: Artifact | undefined) {
  const { conversionId, state, steps, error, warnings } = record
  if (switchOption(options, 'json')) {
    terminal.result(JSON.stringify({ artifacts, conversionId, state, steps, error, warnings }, null, 2))
  } else if (result) terminal.result(artifactText({ ...result, sensitivity: sensitivityIn(artifacts) }))
  for (const warning of warnings) terminal.note(`warning: ${warning}`)
  if (error) terminal.note(`error: ${error.message}\n${error.remedy}`)
  else if (state !== 'completed') terminal.note(`${conversionId}: ${state}; what was finished is kept`)
}
