// `convert --builds N`: the same engine built N times, none of them from the cache, and how far apart they lie in time
// and size. How far apart in speed is told by a run of them side by side, whose command is shown.

import { join, resolve } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { repeatedBuilds } from '../../shared/planning/recipe.ts'
import { shellWord } from '../../shared/planning/shell-word.ts'
import type { Services } from '../services.ts'
import type { CommandContext } from './command.ts'
import { convert } from './converted.ts'
import { type ExitCode, exitCodeOfConversion, exitCodes } from './exit-code.ts'
import { bytesText, durationText } from './figure-text.ts'
import { switchOption } from './option-value.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

export async function convertBuilds(
  context: CommandContext,
  recipe: Recipe,
  count: number,
  out: string | null,
): Promise<ExitCode> {
  const { services, options, terminal, signal } = context
  if (recipe.engine === null)
    throw usageError(
      '--builds goes with a target that is built.',
      'Name one by --to: onnxruntime, tensorrt, tensorrt-rtx or openvino.',
    )
  if (options.saveRecipe !== undefined)
    throw usageError(
      '--save-recipe does not go with --builds.',
      'Save the recipe of one conversion, then build it several times.',
    )
  const builds: Artifact[] = []
  let code: ExitCode = exitCodes.done
  for (const each of repeatedBuilds(recipe, await nextBuild(services), count)) {
    const { record, artifacts } = await convert(context, each)
    code = exitCodeOfConversion(record)
    const made = artifacts.find(({ build }) => build === each.build)
    if (made !== undefined) {
      builds.push(made)
      if (out !== null)
        await services.artifacts.copyTo(made.key ?? made.sha256, join(resolve(out), `build-${builds.length}`))
    }
    if (record.error) terminal.note(`error: ${record.error.message}\n${record.error.remedy}`)
    if (code !== exitCodes.done || signal.aborted) break
  }
  terminal.result(
    switchOption(options, 'json') ? JSON.stringify({ builds }, null, 2) : buildsText(builds, recipe.model, terminal),
  )
  return code
}

/** No number is used twice, so that no build is found already made. */
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
    hashes.length === 1 ? 'All are the same bytes.' : `${hashes.length} of ${builds.length} differ in bytes.`
  const run = `Their speed side by side: enginebench run --model ${shellWord(model)} --artifact ${hashes.join(',')}`
  return [
    table,
    `between builds: build time ${times}, size ${sizes}. ${alike}`,
    ...(hashes.length === 1 ? [] : [run]),
  ].join('\n\n')
}

function range(values: readonly number[], text: (value: number) => string): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))]
  return low === high ? low : `${low} to ${high}`
}
