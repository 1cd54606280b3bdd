// Engines on a machine with two cards: which card builds, what the record and the key say of it, and what is refused.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildCardOf } from '../../../electron/conversions/build-card.ts'
import type { ConversionDependencies } from '../../../electron/conversions/conversion-parts.ts'
import type { BackendStatus } from '../../../shared/domain/backend.ts'
import type { Gpu } from '../../../shared/domain/fingerprint.ts'
import type { HardwareLevel } from '../../../shared/domain/gpu-capability.ts'
import { defaultEngineOptions, hardwareOptions } from '../../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../../shared/planning/recipe.ts'
import { conversionBench, exampleRecipe } from '../../fakes/conversion-parts.ts'
import { convertingTasks } from '../../fakes/converting-worker.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { fakeTasks } from '../../fakes/task-worker.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let homes = 0

const t4: Gpu = {
  ...{ name: 'Tesla T4', computeCapability: '7.5', memoryBytes: 16, driver: '580.1' },
  uuid: 'GPU-aaaaaaaa-0000',
}
const a100: Gpu = {
  ...{ name: 'NVIDIA A100', computeCapability: '8.0', memoryBytes: 40, driver: '580.1' },
  uuid: 'GPU-bbbbbbbb-0000',
}
const twin: Gpu = { ...a100, uuid: 'GPU-cccccccc-0000' }
const instance: Gpu = { ...a100, name: 'NVIDIA A100 MIG 3g.20gb', uuid: 'MIG-dddddddd-0000' }

/** Engines are built by workers that note the card they see. */
function twoCards(gpus: readonly Gpu[], changes: Partial<ConversionDependencies> = {}) {
  const seen: (string | null | undefined)[] = []
  const judged: (string | null)[] = []
  const tasks = fakeTasks(convertingTasks)
  const bench = conversionBench(
    join(root, `home-${homes++}`),
    {},
    {
      gpus: async () => gpus,
      openTaskWorker: (backend, log, signal, visibleGpu) => {
        if (backend === 'tensorrt') seen.push(visibleGpu)
        return tasks.open(backend, log, signal)
      },
      judgeArtifact: async ({ visibleGpu }) => {
        judged.push(visibleGpu)
        return { verdict: 'pass', reason: 'cosine 1', byBatchSize: [], comparedBy: 'a fake', isOfParent: false }
      },
      ...changes,
    },
  )
  const build = async (device?: string) => {
    const record = await (await bench.service.start(exampleRecipe(device === undefined ? {} : { device }))).finished
    const step = record.steps.find(({ name }) => name === 'engine')
    const artifact = await bench.parts.keyed.peek(step?.artifactKey ?? '')
    return { key: artifact?.key, state: step?.state, card: artifact?.card }
  }
  return { ...bench, seen, judged, build }
}

test('an engine is built, judged and recorded on the card that the recipe names, by number or by UUID', async () => {
  const { seen, judged, build } = twoCards([t4, a100, instance])
  const card = { name: a100.name, uuid: a100.uuid }
  const second = await build('cuda:1')
  expect(second).toEqual({ key: second.key, state: 'done', card })
  expect(await build(a100.uuid ?? '')).toEqual({ key: second.key, state: 'cached', card })
  const first = await build()
  expect(first).toEqual({ key: first.key, state: 'done', card: { name: t4.name, uuid: t4.uuid } })
  expect(await build('cuda')).toEqual({ ...first, state: 'cached' })
  const part = await build(instance.uuid ?? '')
  expect(part).toMatchObject({ state: 'done', card: { name: instance.name, uuid: instance.uuid } })
  expect(new Set([first.key, second.key, part.key]).size).toBe(3)
  expect([seen, judged]).toEqual([
    [a100.uuid, t4.uuid, instance.uuid],
    [a100.uuid, t4.uuid, instance.uuid],
  ])
})

test('a build for one of two equal cards is not taken for the other', async () => {
  const { build } = twoCards([a100, twin])
  const [first, second] = [await build('cuda:0'), await build('cuda:1')]
  expect([first.state, second.state, first.key === second.key]).toEqual(['done', 'done', false])
})

test('a machine with one card finds the engines that it built before cards could be chosen', () => {
  const before = JSON.stringify([{ name: 'Tesla T4', memoryBytes: 16, driver: '580.1' }])
  const recipe = { to: 'tensorrt' } as const
  expect(buildCardOf(recipe, [t4])).toEqual({ card: t4, visibleGpu: t4.uuid, identity: before })
  expect(buildCardOf({ ...recipe, device: t4.uuid ?? '' }, [t4]).identity).toBe(before)
  expect(buildCardOf(recipe, [])).toEqual({ card: null, visibleGpu: null, identity: '[]' })
  expect(buildCardOf({ to: 'openvino' }, [t4])).toEqual({ card: null, visibleGpu: null, identity: before })
})

test('a card that is not there, and a device for a target that no GPU builds, are refused before anything starts', async () => {
  const { service, seen } = twoCards([t4, a100])
  const refusals = async (changes: Parameters<typeof exampleRecipe>[0]) =>
    (await service.check(exampleRecipe(changes))).refusals.map(({ code, message, remedy }) => [code, message, remedy])
  expect(await refusals({ device: 'cuda:2' })).toEqual([
    [
      'backend-unavailable',
      'This machine has no GPU cuda:2.',
      'Choose from: cuda:0 (Tesla T4, GPU-aaaaaaaa-0000), cuda:1 (NVIDIA A100, GPU-bbbbbbbb-0000).',
    ],
  ])
  expect(await refusals({ device: 'cpu' })).toEqual([
    ['bad-recipe', 'TensorRT builds only on a GPU.', 'Choose cuda, cuda:1, or the UUID of a GPU.'],
  ])
  expect(await refusals({ device: 'cuda:1', to: 'onnx', engine: null })).toEqual([
    ['bad-recipe', 'The target "ONNX file" is not built on a GPU.', 'Remove the device.'],
  ])
  await expect(service.start(exampleRecipe({ device: 'cuda:2' }))).rejects.toMatchObject({
    record: { code: 'backend-unavailable' },
  })
  expect(seen).toEqual([])
})

test('what the chosen card lacks is told before the build, with the card that can do it', async () => {
  const tooOld = 'Tesla T4 has compute capability 7.5; TensorRT needs 8.0 or newer.'
  const cards: BackendStatus['cards'] = [
    { name: t4.name, uuid: t4.uuid ?? null, refusal: tooOld },
    { name: a100.name, uuid: a100.uuid ?? null, refusal: null },
  ]
  const engineRefusal = async (
    device: string,
    precision: 'fp16' | 'bf16',
    told?: BackendStatus['cards'],
    level?: HardwareLevel,
  ) => {
    const bench = twoCards([t4, a100])
    const describeBackend: ConversionDependencies['describeBackend'] = async (id) => {
      const status = await bench.parts.describeBackend(id)
      return status && told !== undefined ? { ...status, cards: told } : status
    }
    const { service } = twoCards([t4, a100], { describeBackend })
    const refusal = (
      await service.check(
        exampleRecipe({ device, precision, engine: { ...defaultEngineOptions, ...hardwareOptions(level ?? null) } }),
      )
    ).engineRefusal
    return refusal && [refusal.code, refusal.message, refusal.remedy]
  }
  expect(await engineRefusal('cuda', 'fp16', cards)).toEqual([
    'backend-unavailable',
    `Cannot build with TensorRT on this card: ${tooOld}`,
    'Choose cuda:1 (NVIDIA A100).',
  ])
  expect(await engineRefusal('cuda:1', 'fp16', cards)).toBeNull()
  expect(await engineRefusal('cuda', 'bf16')).toEqual([
    'unsupported-precision',
    'Tesla T4 has compute capability 7.5; BF16 needs 8.0 or newer.',
    'Use one of fp32, fp16, int8.',
  ])
  expect(await engineRefusal('cuda:1', 'bf16')).toBeNull()
  expect(await engineRefusal('cuda', 'fp16', undefined, 'ampere-plus')).toEqual([
    'bad-usage',
    'Tesla T4 has compute capability 7.5; an engine for every GPU since Ampere needs 8.0 or newer.',
    'Build the engine for this GPU only, or choose another.',
  ])
  expect(await engineRefusal('cuda', 'fp16', undefined, 'same-compute-capability')).toBeNull()
  expect(await engineRefusal('cuda:1', 'fp16', undefined, 'ampere-plus')).toBeNull()
})

test('a card that is gone when the engine is to be built ends the conversion with its name, and its ONNX steps stay', async () => {
  let gpus: readonly Gpu[] = [t4, a100]
  const { service, seen } = twoCards([], { gpus: async () => gpus })
  const started = await service.start(exampleRecipe({ device: 'cuda:1' }))
  gpus = [t4]
  const record = await started.finished
  expect(record.error).toMatchObject({
    code: 'backend-unavailable',
    message: 'This machine has no GPU cuda:1.',
    remedy: 'Choose from: cuda:0 (Tesla T4, GPU-aaaaaaaa-0000).',
  })
  expect(record.steps.map(({ name, state }) => [name, state])).toEqual([
    ['export', 'done'],
    ['simplify', 'done'],
    ['precision', 'done'],
    ['engine', 'failed'],
    ['parity', 'skipped'],
  ])
  expect(seen).toEqual([])
})

test('no graph is made for an engine in a precision that the chosen card lacks', async () => {
  const { service, seen } = twoCards([t4, a100])
  const fp8 = defaultRecipe(exampleManifest(), 'tensorrt', 'fp8')
  await expect(service.start({ ...fp8, device: 'cuda:1' })).rejects.toMatchObject({
    record: {
      code: 'unsupported-precision',
      message: 'NVIDIA A100 has compute capability 8.0; FP8 needs 8.9 or newer.',
      remedy: 'Use one of fp32, tf32, fp16, bf16, int8, int4-weights.',
    },
  })
  expect(seen).toEqual([])
  expect((await service.check(defaultRecipe(exampleManifest(), 'onnx', 'fp8'))).refusals).toEqual([])
})
