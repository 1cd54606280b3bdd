// Carries out the steps of a recipe in order, each on what the one before gave. Compares what the ONNX steps give with
// what the recipe expects of them. Throws what the failing step threw, or the signal's reason; what is done stays.
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { ConversionStepName } from '../../shared/domain/conversion.ts'
import type { ConversionJob } from './conversion-job.ts'
import { engineStep } from './engine-step.ts'
import { exportStep, precisionStep, sensitivityStep, simplifyStep } from './graph-steps.ts'
import { parityStep } from './parity-step.ts'

export async function carryOut(job: ConversionJob): Promise<void> {
  const has = (name: ConversionStepName) => job.recorder.record.steps.some((step) => step.name === name)
  const exported = await job.step('export', (frame) => exportStep(job, frame))
  job.noteHash('export', exported)
  let graph = exported
  if (has('simplify')) {
    const source = graph
    graph = await job.step('simplify', (frame) => simplifyStep(job, frame, source))
    job.noteHash('simplify', graph)
  }
  if (has('precision')) {
    const source = graph
    graph = await job.step('precision', (frame) => precisionStep(job, frame, source))
    job.noteHash('precision', graph)
    if (has('sensitivity')) {
      const quantized = graph
      graph = await job.step('sensitivity', (frame) => sensitivityStep(job, frame, source, quantized))
    }
  }
  await tellDifferences(job)
  let result: Artifact = graph
  if (has('engine')) result = await job.step('engine', (frame) => engineStep(job, frame, graph))
  await job.step('parity', (frame) => parityStep(job, frame, result, graph, exported))
}

/** A recipe that was never run expects nothing, and is told what it gave. */
async function tellDifferences({ recipe, recorder, hashes }: ConversionJob): Promise<void> {
  if (recipe.expected.length === 0) return recorder.change({ recipe: { ...recipe, expected: [...hashes] } })
  const differing = hashes.filter(({ step, sha256 }) =>
    recipe.expected.some((expected) => expected.step === step && expected.sha256 !== sha256),
  )
  if (differing.length === 0) return
  const names = differing.map(({ step }) => `«${step}»`).join(', ')
  await recorder.warn(
    `Not the files that this recipe gave before: ${names} differ${differing.length === 1 ? 's' : ''}. Other weights, images or versions of the tools are the usual reasons.`,
  )
}
