// Conversions for real: the app's own services, its Python workers and, where the tests have one, a TensorRT builder
// that needs no GPU. The Python worker's own tests convert digits in every precision; here each target is made once, and
// the rest belongs to the long tests.
import { readFileSync } from 'node:fs'
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Services } from '../../electron/services.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import { buildNodeWorker } from '../fakes/built-node-worker.ts'
import {
  conversionServices,
  converted,
  recipeFor,
  resultOf,
  statesOf,
  testBuilder,
  testMain,
  testOpenvino,
} from '../fakes/conversion-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

/** Of the Python workers that this process has. */
function workerPids(): readonly number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')
  return children.map(Number).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.py'))
}

const isLong = Boolean(process.env.ENGINEBENCH_LONG)
const home = temporaryFolder()
const anyHash = expect.stringMatching(/^[0-9a-f]{64}$/)
let services: Services

beforeAll(async () => {
  if (testMain === null) return
  const environments = { main: testMain, tensorrt: testBuilder, openvino: testOpenvino }
  services = await conversionServices(home, environments, await buildNodeWorker())
}, 120_000)

afterAll(async () => {
  await services?.conversions.shutdown()
})

describe.runIf(testMain !== null)('converting for real', () => {
  const onnxPrecisions: readonly (readonly [Precision, 'fp32' | 'fp16'])[] = [
    ['fp16', 'fp32'],
    ['int8', 'fp32'],
    ['fp8', 'fp16'],
    ['int4-weights', 'fp32'],
    ['int8', 'fp16'],
  ]
  it.each(isLong ? onnxPrecisions : onnxPrecisions.slice(-1))(
    'makes digits an ONNX file in %s with %s elsewhere, and judges it by its true accuracy',
    async (precision, elsewhere) => {
      const record = await converted(services, await recipeFor(services, 'digits', 'onnx', precision, elsewhere))
      expect(record).toMatchObject({ state: 'completed', error: null })
      const artifact = await resultOf(services, record)
      expect(artifact).toMatchObject({ kind: 'onnx', precision, weights: 'own', step: 'precision', sha256: anyHash })
      expect(artifact.parity).toMatchObject({ verdict: 'pass' })
      expect(artifact.parity.byBatchSize[0]?.figures.accuracy?.candidate).toBeGreaterThan(0.95)
      expect(record.recipe.expected.map(({ step }) => step)).toEqual(['export', 'simplify', 'precision'])
    },
    120_000,
  )

  it('does nothing again the second time, and gives the same files where a recipe is replayed elsewhere', async () => {
    const recipe = await recipeFor(services, 'digits', 'onnx', 'int8')
    const first = await converted(services, recipe)
    const second = await converted(services, recipe)
    expect(statesOf(second)).toEqual({ export: 'cached', simplify: 'cached', precision: 'cached', parity: 'cached' })
    const other = await conversionServices(join(home, 'elsewhere'), { main: testMain })
    const replayed = await converted(other, first.recipe)
    expect(statesOf(replayed)).toEqual({ export: 'done', simplify: 'done', precision: 'done', parity: 'done' })
    expect({ expected: replayed.recipe.expected, warnings: replayed.warnings }).toEqual({
      expected: first.recipe.expected,
      warnings: first.warnings,
    })
    expect(await resultOf(other, replayed)).toMatchObject({ sha256: (await resultOf(services, first)).sha256 })
  }, 180_000)

  it('measures what each layer costs in INT8, beside the file', async () => {
    const recipe = { ...(await recipeFor(services, 'digits', 'onnx', 'int8')), sensitivity: true }
    const artifact = await resultOf(services, await converted(services, recipe))
    expect(artifact.sensitivity?.length).toBeGreaterThan(1)
  }, 120_000)

  it('makes ONNX Runtime’s optimized file, and judges that file itself', async () => {
    const artifact = await resultOf(
      services,
      await converted(services, await recipeFor(services, 'digits', 'onnxruntime', 'fp32')),
    )
    expect(artifact).toMatchObject({
      kind: 'onnxruntime-optimized',
      precision: 'fp32',
      step: 'engine',
      precisionProof: { holds: true },
      parity: { verdict: 'pass' },
    })
  }, 120_000)

  it('converts a file of the user, and compares the result with it', async () => {
    const file = join(home, 'mine.onnx')
    await copyFile(join(services.paths.modelsFolder, 'digits', 'fp32.onnx'), file)
    const record = await converted(services, await recipeFor(services, file, 'onnx', 'fp16'))
    expect(record).toMatchObject({ state: 'completed', error: null })
    expect(await resultOf(services, record)).toMatchObject({
      precision: 'fp16',
      weights: 'own',
      parity: { verdict: 'pass' },
    })
  }, 120_000)

  it.runIf(testOpenvino !== null).each<Precision>(isLong ? ['fp32', 'fp16', 'int8'] : ['int8'])(
    'makes digits an OpenVINO model in %s',
    async (precision) => {
      const record = await converted(services, await recipeFor(services, 'digits', 'openvino', precision))
      expect(record).toMatchObject({ state: 'completed', error: null })
      expect(statesOf(record)).not.toHaveProperty('precision')
      const artifact = await resultOf(services, record)
      expect(artifact).toMatchObject({ kind: 'openvino-ir', precision, step: 'engine', parity: { verdict: 'pass' } })
      expect(artifact.calibration).toEqual(precision === 'int8' ? expect.objectContaining({ method: 'min-max' }) : null)
    },
    120_000,
  )

  it('keeps the ONNX files and says what is missing where there is no TensorRT', async () => {
    const without = await conversionServices(join(home, 'without'), { main: testMain })
    const recipe = await recipeFor(without, 'digits', 'tensorrt', 'fp16')
    const check = await without.conversions.check(recipe)
    expect(check).toMatchObject({ refusals: [], engineRefusal: { code: 'backend-unavailable', stage: 'build' } })
    const record = await converted(without, recipe)
    expect(record).toMatchObject({ state: 'failed', error: { code: 'backend-unavailable', stage: 'build' } })
    expect(statesOf(record)).toEqual({
      export: 'done',
      simplify: 'done',
      precision: 'done',
      engine: 'failed',
      parity: 'skipped',
    })
    expect((await without.artifacts.list()).map(({ step }) => step).sort()).toEqual(['export', 'precision', 'simplify'])
  }, 120_000)
})

describe.runIf(testMain !== null && testBuilder !== null)('building for real', () => {
  const enginePrecisions: readonly (readonly [Precision, 'fp32' | 'fp16'])[] = [
    ['fp32', 'fp32'],
    ['fp16', 'fp32'],
    ['int8', 'fp32'],
    ['tf32', 'fp32'],
    ['int8', 'fp16'],
  ]
  it.each(isLong ? enginePrecisions : enginePrecisions.slice(-2))(
    'builds digits in %s with %s elsewhere, proves it, and names what really built it',
    async (precision, elsewhere) => {
      const record = await converted(services, await recipeFor(services, 'digits', 'tensorrt', precision, elsewhere))
      expect(record).toMatchObject({ state: 'completed', error: null })
      const artifact = await resultOf(services, record)
      expect(artifact).toMatchObject({
        kind: 'tensorrt-rtx-engine',
        precision,
        step: 'engine',
        parents: [anyHash],
        precisionProof: { holds: true },
        parity: { verdict: 'pass' },
        tools: { 'TensorRT-RTX': expect.stringContaining('test builder') },
        options: { tf32: precision === 'tf32' },
      })
      expect(artifact.buildTimeMs).toBeGreaterThan(0)
      expect(await services.artifacts.log(artifact.key ?? '')).not.toBe('')
    },
    120_000,
  )

  // Every other model and precision: conversion.long.test.ts.
  it('takes clip-vit-b32 from PyTorch to an engine in fp16', async () => {
    const recipe = await recipeFor(services, 'clip-vit-b32', 'tensorrt', 'fp16')
    const record = await converted(services, { ...recipe, batch: { min: 1, opt: 2, max: 2 } })
    expect(record).toMatchObject({ state: 'completed', error: null })
    expect(await resultOf(services, record)).toMatchObject({
      kind: 'tensorrt-rtx-engine',
      precision: 'fp16',
      weights: 'seeded',
      parity: { verdict: 'not-judged', byBatchSize: [{ batchSize: 2 }, { batchSize: 1 }] },
    })
  }, 600_000)

  it.runIf(process.platform === 'linux')(
    'leaves nothing of a build whose worker is killed, and builds it the next time',
    async () => {
      const recipe = { ...(await recipeFor(services, 'digits', 'tensorrt', 'fp32')), simplify: false }
      const started = await services.conversions.start(recipe)
      let killed = false
      const stop = services.conversions.subscribe((event) => {
        if (event.kind !== 'step-progressed' || event.step !== 'engine' || killed) return
        killed = true
        for (const pid of workerPids()) process.kill(pid, 'SIGKILL')
      })
      const record = await started.finished
      stop()
      expect(record).toMatchObject({ state: 'failed', error: { code: 'worker-crashed', stage: 'build' } })
      const names = await readdir(services.paths.artifactsFolder)
      expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([])
      const again = await (await services.conversions.retry(record.conversionId)).finished
      expect(statesOf(again)).toEqual({ export: 'cached', engine: 'done', parity: 'done' })
    },
    120_000,
  )

  it('leaves nothing of a cancelled build, within two seconds', async () => {
    const recipe = { ...(await recipeFor(services, 'clip-vit-b32', 'tensorrt', 'fp32')), seed: 1 }
    const started = await services.conversions.start(recipe)
    let cancelledAt = 0
    const stop = services.conversions.subscribe((event) => {
      if (event.kind !== 'step-progressed' || event.step !== 'engine' || cancelledAt > 0) return
      if (event.elapsedMs < 1500) return
      cancelledAt = performance.now()
      started.cancel()
    })
    const record = await started.finished
    stop()
    expect(record).toMatchObject({ state: 'cancelled', error: null })
    expect(statesOf(record)).toMatchObject({ engine: 'cancelled', parity: 'skipped' })
    expect(performance.now() - cancelledAt).toBeLessThan(2000)
    const names = await readdir(services.paths.artifactsFolder)
    expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([])
  }, 600_000)
})
