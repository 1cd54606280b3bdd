import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConversionDependencies } from '../../../electron/conversions/conversion-parts.ts'
import { createConversionService } from '../../../electron/conversions/conversion-service.ts'
import { createTurns } from '../../../electron/turns.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { ConversionRecord } from '../../../shared/domain/conversion.ts'
import { conversionBench, exampleRecipe } from '../../fakes/conversion-parts.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let homes = 0
const newHome = () => join(root, `home-${homes++}`)
const states = ({ steps }: ConversionRecord) => Object.fromEntries(steps.map(({ name, state }) => [name, state]))
const diskFull = new BenchError({
  code: 'disk-full',
  stage: 'build',
  message: 'There is no room left.',
  remedy: 'Free some disk space.',
})
const shippedCalibration = { method: 'min-max' as const, imageFolder: null, imageLimit: 12 }
/** A build that goes on until it is cancelled. */
const endless = (begun: () => void) => (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    begun()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

describe('a conversion', () => {
  it('carries out its steps in order, and writes what it gave into its recipe', async () => {
    const { service, events, calls } = conversionBench(newHome())
    const record = await (await service.start(exampleRecipe())).finished
    expect(record).toMatchObject({ state: 'completed', error: null, warnings: [], modelName: 'Tiny' })
    expect(states(record)).toEqual({
      export: 'done',
      simplify: 'done',
      precision: 'done',
      engine: 'done',
      parity: 'done',
    })
    expect(record.recipe.expected.map(({ step }) => step)).toEqual(['export', 'simplify', 'precision'])
    expect(calls.filter((call) => call.startsWith('open')).sort()).toEqual([
      'open tensorrt',
      'open torch-eager',
      'open torch-eager',
      'open torch-eager',
    ])
    expect(calls.filter((call) => call === 'close')).toHaveLength(4)
    expect(
      events.flatMap((event) => (event.kind === 'step-progressed' ? [event.step, event.phases.length] : [])),
    ).toEqual(['engine', 1])
    expect(await service.log(record.conversionId, 'engine')).toEqual([
      { level: 'info', text: 'a line of the builder', count: 1 },
    ])
  })

  it('shares with another what both are made from, and does nothing that is done', async () => {
    const { service, calls } = conversionBench(newHome())
    await (await service.start(exampleRecipe())).finished
    calls.length = 0
    const again = await (await service.start(exampleRecipe())).finished
    expect(states(again)).toMatchObject({ export: 'cached', simplify: 'cached', precision: 'cached', engine: 'cached' })
    expect(calls).toEqual([])
    const other = await (await service.start(exampleRecipe({ precision: 'fp32' }))).finished
    expect(states(other)).toEqual({ export: 'cached', simplify: 'cached', engine: 'done', parity: 'done' })
  })

  it('judges again what only a cosine judged, and keeps what was judged by more', async () => {
    const figures = {
      ...{
        cosineSimilarity: 1,
        maxAbsError: 0,
        meanAbsError: 0,
        nonFiniteCount: 0,
        top1Agreement: null,
        imageCount: 14,
      },
    }
    const errors = {
      ...{ relativeError: 0, relativeErrorAt: 'y', scale: 1, scaleAt: 'y', variationError: 0, variationErrorAt: 'y' },
      ...{ equalShare: null, equalShareAt: null, withoutOffset: null, varies: true },
    }
    let judged = 0
    const judgeArtifact: ConversionDependencies['judgeArtifact'] = async () => {
      judged += 1
      const byBatchSize = [{ batchSize: 1, figures: judged === 1 ? figures : { ...figures, errors } }]
      return { verdict: 'pass', reason: 'cosine 1', byBatchSize, comparedBy: 'a fake', isOfParent: false }
    }
    const { service } = conversionBench(newHome(), {}, { judgeArtifact })
    for (const expected of [1, 2, 2]) {
      await (await service.start(exampleRecipe())).finished
      expect(judged).toBe(expected)
    }
  })

  it('gives the ONNX file the verdict of an engine that only the file could stand for', async () => {
    const reason = 'cosine 1, at least 0.999 needed; parity of the ONNX file that it was built from'
    const judgeArtifact: ConversionDependencies['judgeArtifact'] = async () => ({
      ...{ verdict: 'pass', reason, byBatchSize: [], comparedBy: 'a fake', isOfParent: true },
    })
    const { service, parts } = conversionBench(newHome(), {}, { judgeArtifact })
    await (await service.start(exampleRecipe())).finished
    const made = await Promise.all((await parts.keyed.keys()).map((key) => parts.keyed.peek(key)))
    const judged = made.flatMap((artifact) => (artifact?.parity.verdict === 'pass' ? [artifact] : []))
    expect(judged.map(({ step, parity }) => [step, parity.reason]).sort()).toEqual([
      ['engine', reason],
      ['precision', 'cosine 1, at least 0.999 needed'],
    ])
  })

  it('fault-16 builds again when an option, a batch size, the builder or the GPU is another', async () => {
    const home = newHome()
    const { service, parts } = conversionBench(home)
    const recipe = exampleRecipe()
    await (await service.start(recipe)).finished
    const options = recipe.engine === null ? null : { ...recipe.engine, workspaceGib: 2 }
    const ended = [
      await (await service.start({ ...recipe, engine: options })).finished,
      await (await service.start({ ...recipe, batch: { min: 1, opt: 4, max: 32 } })).finished,
    ]
    expect(ended.map((record) => states(record).engine)).toEqual(['done', 'done'])
    const status = await parts.describeBackend('tensorrt')
    const other = status?.builder ? { ...status, builder: { ...status.builder, library: 'TensorRT 10.14' } } : null
    const python = await parts.describeBackend('torch-eager')
    const upgraded = conversionBench(home, {}, { describeBackend: async (id) => (id === 'tensorrt' ? other : python) })
    expect(states(await (await upgraded.service.start(recipe)).finished)).toMatchObject({
      precision: 'cached',
      engine: 'done',
    })
    const moved = conversionBench(
      home,
      {},
      { gpus: async () => [{ name: 'another GPU', memoryBytes: null, driver: null }] },
    )
    expect(states(await (await moved.service.start(recipe)).finished)).toMatchObject({
      precision: 'cached',
      engine: 'done',
    })
  })

  it('names the steps that no longer give what the recipe expects', async () => {
    const { service } = conversionBench(newHome())
    const expected = [{ step: 'simplify', sha256: '0'.repeat(64) }]
    const record = await (await service.start(exampleRecipe({ expected }))).finished
    expect(record.recipe.expected).toEqual(expected)
    expect(record.warnings).toEqual([
      'The result differs from what this recipe gave before in step "simplify". The usual causes are different weights, images or tool versions.',
    ])
  })

  it('keeps the ONNX steps and nothing of an engine when the disk is full in the build', async () => {
    const home = newHome()
    const { service } = conversionBench(home, {
      'build-engine': async ({ outFile }) => {
        await writeFile(outFile, 'half')
        throw diskFull
      },
    })
    const record = await (await service.start(exampleRecipe())).finished
    expect(record).toMatchObject({ state: 'failed', error: { code: 'disk-full' } })
    expect(states(record)).toMatchObject({ precision: 'done', engine: 'failed', parity: 'skipped' })
    expect((await readdir(join(home, 'artifacts'))).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([])
    expect(await readdir(join(home, 'artifacts'))).toHaveLength(3)
  })

  it('stops when cancelled, keeps what is done and leaves nothing of the step', async () => {
    const home = newHome()
    let begun = () => {}
    const building = new Promise<void>((resolve) => {
      begun = resolve
    })
    const { service, calls } = conversionBench(home, { 'build-engine': endless(() => begun()) })
    const started = await service.start(exampleRecipe())
    await building
    started.cancel()
    started.cancel()
    const record = await started.finished
    expect(record).toMatchObject({ state: 'cancelled', error: null })
    expect(states(record)).toMatchObject({ precision: 'done', engine: 'cancelled', parity: 'skipped' })
    expect((await readdir(join(home, 'artifacts'))).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([])
    expect(calls.at(-1)).toBe('close')
  })

  it('ends with the reason and the remedy where nothing builds, and keeps the ONNX files', async () => {
    const { parts } = conversionBench(newHome())
    const python = await parts.describeBackend('torch-eager')
    const status = await parts.describeBackend('tensorrt')
    const missing = status && { ...status, builder: null, reason: 'TensorRT is not installed.', remedy: 'Install it.' }
    const { service } = conversionBench(
      newHome(),
      {},
      {
        describeBackend: async (id) => (id === 'tensorrt' ? missing : python),
      },
    )
    const error = {
      code: 'backend-unavailable',
      stage: 'build',
      message: 'Cannot build with TensorRT on this machine: TensorRT is not installed.',
      remedy: 'Install it.',
      cause: null,
    }
    expect((await service.check(exampleRecipe())).engineRefusal).toEqual(error)
    const record = await (await service.start(exampleRecipe())).finished
    expect(record).toMatchObject({ state: 'failed', error })
    expect(states(record)).toMatchObject({ precision: 'done', engine: 'failed', parity: 'skipped' })
  })

  it('tells before it starts what is there already', async () => {
    const { service } = conversionBench(newHome())
    const cachedOf = async () => (await service.check(exampleRecipe())).steps.map(({ cached }) => cached)
    expect(await cachedOf()).toEqual([false, false, false, false, false])
    await (await service.start(exampleRecipe())).finished
    expect(await cachedOf()).toEqual([true, true, true, true, false])
  })

  it('tells of INT8 too, where the images that it is calibrated on are prepared already', async () => {
    const { service, parts } = conversionBench(newHome())
    const recipe = exampleRecipe({
      ...{ precision: 'int8', elsewhere: 'fp32', sensitivity: true },
      calibration: shippedCalibration,
    })
    await (await service.start(recipe)).finished
    expect((await service.check(recipe)).steps.map(({ name, cached }) => [name, cached])).toEqual([
      ['export', true],
      ['simplify', true],
      ['precision', true],
      ['sensitivity', true],
      ['engine', true],
      ['parity', false],
    ])
    const images: ConversionDependencies['images'] = {
      ...parts.images,
      calibration: async ({ taskWorker }) => {
        await taskWorker()
        throw new Error('No worker is opened to check.')
      },
    }
    const unprepared = createConversionService({ ...parts, images })
    expect((await unprepared.check(recipe)).steps.map(({ cached }) => cached)).toEqual([
      ...[true, true, false, false, false, false],
    ])
  })

  it('that cannot start is refused before anything is written', async () => {
    const home = newHome()
    const { service } = conversionBench(home)
    const batch = { min: 8, opt: 4, max: 16 }
    await expect(service.start(exampleRecipe({ batch }))).rejects.toMatchObject({ record: { code: 'bad-profile' } })
    expect(await readdir(home).catch(() => [])).toEqual([])
  })
})

describe('the queue', () => {
  it('does one conversion at a time, in the order asked', async () => {
    const { service, events } = conversionBench(newHome())
    const first = await service.start(exampleRecipe())
    const second = await service.start(exampleRecipe({ precision: 'fp32' }))
    expect((await service.list()).map(({ state }) => state)).toContain('queued')
    await second.finished
    const order = events.flatMap((event) =>
      event.kind === 'conversion-changed' && event.record.state === 'completed' ? [event.record.conversionId] : [],
    )
    expect(order).toEqual([first.conversionId, second.conversionId])
  })

  it('that is cancelled while it waits ends at once, and what runs goes on', async () => {
    let begun = () => {}
    const building = new Promise<void>((resolve) => {
      begun = resolve
    })
    const { service } = conversionBench(newHome(), { 'build-engine': endless(() => begun()) })
    const running = await service.start(exampleRecipe())
    const waiting = await service.start(exampleRecipe({ precision: 'fp32' }))
    await building
    waiting.cancel()
    expect(await waiting.finished).toMatchObject({ state: 'cancelled', error: null })
    expect((await service.list()).map(({ state }) => state)).toEqual(['running', 'cancelled'])
    running.cancel()
    expect((await running.finished).state).toBe('cancelled')
  })

  it('waits while something else of ours is going on, as a measurement', async () => {
    const takeTurn = createTurns()
    let measured = () => {}
    const measuring = takeTurn(() => new Promise<void>((resolve) => (measured = resolve)), new AbortController().signal)
    const { service, calls } = conversionBench(newHome(), {}, { takeTurn })
    const started = await service.start(exampleRecipe())
    expect([calls, (await service.list()).map(({ state }) => state)]).toEqual([[], ['queued']])
    measured()
    await measuring
    expect((await started.finished).state).toBe('completed')
  })

  it('is taken up again after a process that is gone, and keeps what runs and what waits when it closes', async () => {
    const home = newHome()
    let begun = () => {}
    const building = new Promise<void>((resolve) => {
      begun = resolve
    })
    const before = conversionBench(home, { 'build-engine': endless(() => begun()) })
    const running = await before.service.start(exampleRecipe())
    const waiting = await before.service.start(exampleRecipe({ precision: 'fp32' }))
    await building
    await before.service.shutdown()
    expect((await before.service.list()).map(({ state }) => state)).toEqual(['queued', 'queued'])
    const next = conversionBench(home)
    const completed: string[] = []
    const ended = new Promise<void>((resolve) => {
      next.service.subscribe((event) => {
        if (event.kind !== 'conversion-changed' || event.record.state !== 'completed') return
        if (completed.push(event.record.conversionId) === 2) resolve()
      })
    })
    await next.service.resume()
    await ended
    expect(completed).toEqual([running.conversionId, waiting.conversionId])
  })

  it('leaves alone what another living process has in its queue', async () => {
    const home = newHome()
    let begun = () => {}
    const building = new Promise<void>((resolve) => {
      begun = resolve
    })
    const one = conversionBench(home, { 'build-engine': endless(() => begun()) })
    const started = await one.service.start(exampleRecipe())
    await building
    const other = conversionBench(home)
    await other.service.resume()
    expect(other.calls).toEqual([])
    await expect(other.service.cancel(started.conversionId)).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    started.cancel()
    await started.finished
  })

  it('forgets an ended conversion, and not one that goes on', async () => {
    const { service } = conversionBench(newHome())
    const { conversionId, finished } = await service.start(exampleRecipe())
    await expect(service.dismiss(conversionId)).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    await finished
    await service.dismiss(conversionId)
    expect(await service.list()).toEqual([])
    await expect(service.retry(conversionId)).rejects.toMatchObject({ record: { code: 'unknown-conversion' } })
  })

  it('converts again what was removed or damaged', async () => {
    const home = newHome()
    const { service } = conversionBench(home)
    const record = await (await service.start(exampleRecipe())).finished
    const key = (name: string) => record.steps.find((step) => step.name === name)?.artifactKey ?? ''
    await rm(join(home, 'artifacts', key('simplify')), { recursive: true })
    await writeFile(join(home, 'artifacts', key('engine'), 'content', 'engine.plan'), 'other bytes')
    const again = await (await service.retry(record.conversionId)).finished
    expect(states(again)).toMatchObject({ export: 'cached', simplify: 'done', precision: 'cached', engine: 'done' })
  })
})
