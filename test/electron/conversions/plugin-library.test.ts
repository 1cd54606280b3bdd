// Plugin libraries: taken only with consent, kept as a private copy, told by their bytes, and refused once those change.
import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createArtifactStore } from '../../../electron/conversions/artifact-store.ts'
import { createPluginStore } from '../../../electron/conversions/plugin-library.ts'
import { textSha256 } from '../../../electron/inputs/file-hash.ts'
import { buildRecordOf } from '../../../shared/domain/artifact.ts'
import type { PluginFile, PluginLibrary } from '../../../shared/domain/plugin.ts'
import { defaultEngineOptions } from '../../../shared/domain/recipe.ts'
import type { RequestParameters } from '../../../shared/worker-protocol/requests.ts'
import { conversionBench, exampleRecipe } from '../../fakes/conversion-parts.ts'
import { convertingTasks } from '../../fakes/converting-worker.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let homes = 0
const content = '\x7fELF, and code'
const sha256 = textSha256(content)

async function newHome() {
  const home = join(root, `home-${homes++}`)
  await mkdir(home)
  const library = async (name: string, bytes = content) => {
    const file = join(home, name)
    await writeFile(file, bytes)
    return file
  }
  return { home, library, store: createPluginStore(join(home, 'plugins')) }
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    ({ record }) => [record.code, record.message] as const,
  )

test('a library is taken only with consent, and its private copy is what is found', async () => {
  const { home, library, store } = await newHome()
  const file = await library('libmine.so')
  expect(await refusal(store.add(file, false))).toEqual([
    'untrusted-engine',
    `${file} is a plugin library, and that is code: it runs on this machine whenever an engine that needs it is built or opened.`,
  ])
  expect(await readdir(home)).toEqual(['libmine.so'])
  const plugin = await store.add(file, true)
  expect(plugin).toEqual({ name: 'libmine.so', sha256 })
  await writeFile(file, 'changed later')
  const found = await store.find(plugin)
  expect(found).toEqual({ ...plugin, file: join(home, 'plugins', sha256, 'plugin.so') })
  expect(await readFile(found.file, 'utf8')).toBe(content)
  expect((await stat(found.file)).mode & 0o777).toBe(0o600)
  expect(await store.add(await library('renamed.so.1'), true)).toEqual({ name: 'renamed.so.1', sha256 })
  expect(await readdir(join(home, 'plugins'))).toEqual([sha256])
})

test('what is no library, or is not there, is refused and leaves nothing', async () => {
  const { home, library, store } = await newHome()
  const text = await library('notes.so', 'text')
  const gone = join(home, 'gone.so')
  expect(await refusal(store.add(text, true))).toEqual(['bad-usage', `${text} is not a shared library.`])
  expect((await refusal(store.add(await library('empty.so', ''), true)))?.[0]).toBe('bad-usage')
  expect(await refusal(store.add(gone, true))).toEqual(['missing-artifact', `${gone} was not found.`])
  expect(await refusal(store.find({ name: 'gone.so', sha256 }))).toEqual([
    'missing-artifact',
    `The plugin library gone.so (sha256 ${sha256.slice(0, 12)}…) is not on this machine.`,
  ])
  expect(await readdir(join(home, 'plugins'))).toEqual([])
})

const changedWords =
  'The private copy of the plugin library libmine.so was changed: its bytes differ from those that you trusted.'

test('a private copy that was changed is refused, and naming the library again makes it whole', async () => {
  const { library, store } = await newHome()
  const file = await library('libmine.so')
  const plugin = await store.add(file, true)
  await appendFile((await store.find(plugin)).file, 'worse code')
  expect(await refusal(store.find(plugin))).toEqual(['missing-artifact', changedWords])
  await store.add(file, true)
  expect(await readFile((await store.find(plugin)).file, 'utf8')).toBe(content)
})

/** A conversion service whose builder notes what it is asked for. */
async function pluginBench() {
  const { home, library, store } = await newHome()
  const asked: Pick<RequestParameters<'build-engine'>, 'plugin' | 'options'>[] = []
  const bench = conversionBench(home, {
    'build-engine': async (parameters, signal, onProgress) => {
      const loaded = parameters.plugin === null ? null : await readFile(parameters.plugin.file, 'utf8')
      expect(loaded).toBe(parameters.plugin === null ? null : content)
      asked.push(parameters)
      const build = convertingTasks['build-engine']
      if (build === undefined) throw new Error('The fake builds nothing.')
      return build(parameters, signal, onProgress)
    },
  })
  const recipeWith = (plugin: PluginLibrary) => exampleRecipe({ engine: { ...defaultEngineOptions, plugin } })
  const built = async (plugin: PluginLibrary) => {
    const record = await (await bench.service.start(recipeWith(plugin))).finished
    const step = record.steps.find(({ name }) => name === 'engine')
    return { state: step?.state, artifact: await bench.parts.keyed.lookUp(step?.artifactKey ?? '') }
  }
  const artifacts = createArtifactStore(join(home, 'artifacts'), bench.parts.keyed)
  return { ...bench, home, library, store, asked, recipeWith, built, artifacts }
}

test('an engine is built with its library, keeps a copy of it, and is found by its bytes', async () => {
  const { library, store, asked, built, artifacts, home } = await pluginBench()
  const plugin = await store.add(await library('libmine.so'), true)
  const { state, artifact } = await built(plugin)
  const kept: PluginFile = { ...plugin, file: join(dirname(artifact?.file ?? ''), 'plugin.so') }
  expect([state, artifact?.plugin]).toEqual(['done', kept])
  expect(await readFile(kept.file, 'utf8')).toBe(content)
  expect(asked.map(({ plugin: sent, options }) => [sent?.name, sent?.sha256, options.plugin])).toEqual([
    ['libmine.so', sha256, plugin],
  ])
  expect((await built(await store.add(await library('renamed.so'), true))).state).toBe('cached')
  const out = join(home, 'out')
  const copies = await artifacts.copyTo(artifact?.key ?? '', out)
  expect(copies.map((file) => basename(file)).sort()).toEqual(['artifact.json', 'engine.plan', 'log.txt', 'plugin.so'])
  expect(artifact && buildRecordOf(artifact)).not.toBeNull()
})

test('an engine whose copy of the library was changed is not used, and is built again', async () => {
  const { library, store, built, artifacts } = await pluginBench()
  const plugin = await store.add(await library('libmine.so'), true)
  const { artifact } = await built(plugin)
  await appendFile(artifact?.plugin?.file ?? '', 'worse code')
  expect(await refusal(artifacts.find(artifact?.key ?? ''))).toEqual(['missing-artifact', changedWords])
  expect((await built(plugin)).state).toBe('done')
  expect((await artifacts.find(artifact?.key ?? '')).plugin?.sha256).toBe(sha256)
})

test('a recipe whose library is not here, was changed, or is for another target is refused before it starts', async () => {
  const { service, library, store, recipeWith } = await pluginBench()
  const refusals = async (recipe: ReturnType<typeof recipeWith>) =>
    (await service.check(recipe)).refusals.map(({ code, message }) => [code, message])
  const foreign = { name: 'libother.so', sha256: 'a'.repeat(64) }
  expect(await refusals(recipeWith(foreign))).toEqual([
    ['missing-artifact', 'The plugin library libother.so (sha256 aaaaaaaaaaaa…) is not on this machine.'],
  ])
  const plugin = await store.add(await library('libmine.so'), true)
  expect(await refusals(recipeWith(plugin))).toEqual([])
  expect(await refusals({ ...recipeWith(plugin), to: 'openvino' })).toEqual([
    ['bad-recipe', 'Only TensorRT loads a plugin library.'],
  ])
  await appendFile((await store.find(plugin)).file, 'worse code')
  expect(await refusals(recipeWith(plugin))).toEqual([['missing-artifact', changedWords]])
})

test('an engine from elsewhere brings the library that it needs, and another library is another artifact', async () => {
  const { library, store, artifacts } = await pluginBench()
  const file = await library('theirs.engine', 'plan')
  const plugin = await store.find(await store.add(await library('libmine.so'), true))
  const adopt = (given: PluginFile | null, engine = file) =>
    artifacts.adopt({ file: engine, modelId: 'tiny', precision: 'fp16', consent: true, plugin: given })
  const [plain, plugged] = [await adopt(null), await adopt(plugin)]
  expect([plain.plugin, plugged.plugin, plain.key === plugged.key]).toEqual([
    undefined,
    { ...plugin, file: join(dirname(plugged.file), 'plugin.so') },
    false,
  ])
  await library('their.bin', 'weights')
  expect((await refusal(adopt(plugin, await library('their.xml', 'graph'))))?.[0]).toBe('bad-usage')
})
