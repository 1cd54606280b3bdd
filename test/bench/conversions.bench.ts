// What converting costs: time and memory of an export with its checks and of a build, a step found in the cache, and how
// often a step that two conversions share is done twice. Seeded weights: their values change none of it.

import { join } from 'node:path'
import { afterAll, it } from 'vitest'
import { createServices } from '../../electron/compose.ts'
import type { Services } from '../../electron/services.ts'
import { pathsIn } from '../../electron/system/paths.ts'
import type { ConversionTarget } from '../../shared/domain/artifact-kind.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../shared/planning/recipe.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { type MeasuredConversion, measureConversion } from './measured-conversion.ts'
import { printAbsence, printFigure } from './print-figure.ts'

const python = process.env.ENGINEBENCH_TEST_PYTHON
const builder = process.env.ENGINEBENCH_TEST_TENSORRT_PYTHON
const megabyte = 1e6
const gibibyte = 1024 ** 3
const home = temporaryFolder()
let services: Services | null = null

afterAll(() => services?.conversions.shutdown())

async function opened(main: string): Promise<Services> {
  if (services) return services
  process.env.ENGINEBENCH_HOME = home
  services = createServices({
    paths: pathsIn(join(import.meta.dirname, '../..')),
    renderPdf: () => Promise.reject(new Error('Nothing is printed here.')),
  })
  await services.pythonEnvironments.adopt('main', main)
  if (builder !== undefined) await services.pythonEnvironments.adopt('tensorrt', builder)
  return services
}

async function recipeOf(services: Services, model: string, to: ConversionTarget): Promise<Recipe> {
  const { manifest } = await services.models.find(model)
  return { ...defaultRecipe(manifest, to, 'fp32'), weights: { kind: 'seeded' } }
}

function stepMs({ record }: MeasuredConversion, name: string): number {
  return record.steps.find((step) => step.name === name)?.elapsedMs ?? Number.NaN
}

function stepTimes({ record }: MeasuredConversion): string {
  return record.steps
    .map(({ name, state, elapsedMs }) => `${name} ${state} ${Math.round(elapsedMs ?? 0)} ms`)
    .join(', ')
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const megabytes = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`

it.each([
  ['CLIP', 'clip-vit-b32', 20],
  ['DETR', 'detr-resnet-50', 30],
])('converting %s', async (name, model, exportTargetSeconds) => {
  if (python === undefined) return printAbsence(`converting ${name}`, 'no Python: run it as `npm run bench`')
  const app = await opened(python)
  const exported = await measureConversion(app, await recipeOf(app, model, 'onnx'))
  const onnxBytes = exported.artifacts.get('export')?.sizeBytes ?? Number.NaN
  printFigure({
    name: `${name} exported and checked`,
    value: stepMs(exported, 'export') / 1000,
    unit: 's',
    target: exportTargetSeconds,
    detail: `of ${seconds(exported.elapsedMs)} in all, parity included; the file has ${megabytes(onnxBytes)}`,
  })
  printPeak(`${name}: peak memory of an export`, exported.peakBytes.get('export'), 4 * onnxBytes + gibibyte)

  const again = await measureConversion(app, await recipeOf(app, model, 'onnx'))
  printFigure({
    name: `${name}: all found in the cache`,
    value: again.elapsedMs / 1000,
    unit: 's',
    target: 0.5,
    detail: stepTimes(again),
  })
  if (builder === undefined) return printAbsence(`${name} built`, 'no TensorRT builder: run it as `npm run bench`')

  const fp32 = await measureConversion(app, await recipeOf(app, model, 'tensorrt'))
  printFigure({
    name: `${name} built in FP32`,
    value: stepMs(fp32, 'engine') / 1000,
    unit: 's',
    target: null,
    detail: fp32.artifacts.get('engine')?.kind ?? 'no engine',
  })
  printPeak(`${name}: peak memory of a build`, fp32.peakBytes.get('engine'), 3 * onnxBytes + 650 * megabyte)

  const fp16 = await measureConversion(app, { ...(await recipeOf(app, model, 'tensorrt')), precision: 'fp16' })
  const shared = fp16.record.steps.filter((step) => step.name === 'export' || step.name === 'simplify')
  printFigure({
    name: `${name}: shared steps done again for FP16`,
    value: shared.filter(({ state }) => state !== 'cached').length,
    unit: 'steps',
    target: 0,
    detail: `of ${shared.length}`,
  })
  const cached = await measureConversion(app, await recipeOf(app, model, 'tensorrt'))
  printFigure({
    name: `${name}: an engine found in the cache`,
    value: cached.elapsedMs / 1000,
    unit: 's',
    target: 0.5,
    detail: stepTimes(cached),
  })
})

function printPeak(name: string, peakBytes: number | undefined, allowedBytes: number): void {
  if (peakBytes === undefined) {
    printAbsence(name, 'its step was over before it could be read')
  } else {
    printFigure({
      name,
      value: peakBytes / allowedBytes,
      unit: '×',
      target: 1,
      detail: `${megabytes(peakBytes)} of ${megabytes(allowedBytes)} allowed, all processes started`,
    })
  }
}
