// Finding an artifact of a conversion under its key, or making it: with its recipe beside it, so that it can be made
// again, and the log of its step.
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionStepName } from '../../shared/domain/conversion.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import type { BuiltArtifact } from '../inputs/keyed-artifacts.ts'
import { writing } from '../store/write-failure.ts'
import { logName } from './artifact-folder.ts'
import type { ConversionJob, StepFrame, StepOutcome } from './conversion-job.ts'

/** Of what only leads to a result. A conversion's result has its own, once its last step is done. */
export const unjudgedParity: Artifact['parity'] = {
  verdict: 'not-judged',
  reason: 'a step on the way: the result of a conversion is what is compared',
  byBatchSize: [],
}

export async function kept(
  job: ConversionJob,
  frame: StepFrame,
  key: string,
  build: (folder: string) => Promise<Omit<BuiltArtifact, 'recipe'>>,
): Promise<StepOutcome> {
  const { keyed } = job.parts
  const found = await keyed.lookUp(key)
  if (found !== null) return { artifact: found, cached: true, reason: null }
  let made = false
  const onWait = () => frame.onProgress(null, 'Another process makes the same: waiting for it')
  const artifact = await keyed.make(key, { signal: job.signal, onWait }, async (folder) => {
    made = true
    const built = await build(folder)
    await writeLog(join(folder, logName), frame.lines)
    return { ...built, recipe: recipeUpTo(job, built.facts) }
  })
  return { artifact, cached: !made, reason: null }
}

/** Where the builder wrote one itself, that one stays. */
async function writeLog(file: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0 || (await stat(file).catch(() => null)) !== null) return
  await writing(file, () => writeFile(file, lines.map((line) => `${line}\n`).join('')))
}

const graphSteps: readonly ConversionStepName[] = ['export', 'simplify', 'precision']

/** What of the recipe leads to this step's artifact, with the hashes that the ONNX steps gave. */
function recipeUpTo(job: ConversionJob, { step, sha256 }: BuiltArtifact['facts']): Recipe {
  const { build: _build, ...recipe } = job.recipe
  const isGraph = graphSteps.some((name) => name === step)
  const expected = [...job.hashes, ...(isGraph && step ? [{ step, sha256 }] : [])]
  if (step === 'engine') return { ...job.recipe, expected }
  const graph: Recipe = { ...recipe, to: 'onnx', engine: null, expected }
  if (step === 'precision') return { ...graph, sensitivity: false }
  const plain: Recipe = {
    ...graph,
    precision: 'fp32',
    elsewhere: null,
    calibration: null,
    sensitivity: false,
    keepOperators: null,
    keepNodes: [],
  }
  return step === 'export' ? { ...plain, simplify: false } : plain
}
