// Operators of a user's model that only a plugin library computes: asked of TensorRT's registry where there is one, and
// said in the step that takes the file.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPluginStore } from '../../../electron/conversions/plugin-library.ts'
import { leftToPlugins } from '../../../electron/conversions/plugin-operators.ts'
import { fileSha256 } from '../../../electron/inputs/file-hash.ts'
import { defaultEngineOptions } from '../../../shared/domain/recipe.ts'
import { defaultRecipe } from '../../../shared/planning/recipe.ts'
import { conversionBench } from '../../fakes/conversion-parts.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
const mine = { name: 'libmine.so', sha256: '1a2b3c4d5e6f'.padEnd(64, '0') }

async function ownModelBench(hasTensorrt: boolean) {
  const home = await mkdtemp(join(root, 'home-'))
  const folder = join(home, 'copy')
  await mkdir(folder)
  const [file, library] = [join(folder, 'model.onnx'), join(home, 'libmine.so')]
  await writeFile(file, 'a graph')
  const sha256 = await fileSha256(file)
  const manifest = exampleManifest({
    source: { library: 'file', repository: '/own.onnx', revision: sha256, weightsFile: null },
    artifacts: [{ kind: 'onnx', precision: 'fp32', file: 'model.onnx', sha256, opset: 17 }],
    customOperators: ['my.company::Sharpen'],
  })
  const { describeBackend } = conversionBench(home).parts
  const bench = conversionBench(
    home,
    {},
    {
      models: { list: async () => [], find: async () => ({ manifest, folder }), trust: async () => {} },
      describeBackend: async (id) => {
        const status = await describeBackend(id === 'tensorrt' ? id : 'torch-eager')
        return status && id === 'tensorrt' && !hasTensorrt ? { ...status, builder: null } : status
      },
    },
  )
  const converted = async (content: string) => {
    await writeFile(library, `\x7fELF ${content}`)
    const plugin = await createPluginStore(join(home, 'plugins')).add(library, true)
    const recipe = { ...defaultRecipe(manifest, 'tensorrt', 'fp32'), engine: { ...defaultEngineOptions, plugin } }
    const record = await (await bench.service.start(recipe)).finished
    const step = record.steps.find(({ name }) => name === 'export')
    return { state: step?.state, reason: step?.reason?.replace(plugin.sha256.slice(0, 12), 'HASH') ?? null }
  }
  return { ...bench, converted }
}

test("what a library computes is asked of TensorRT's registry, said, and asked again of another library", async () => {
  const { converted, calls } = await ownModelBench(true)
  const said = 'Left to the plugin library libmine.so HASH: my.company::Sharpen (2 nodes).'
  expect(await converted('first')).toEqual({ state: 'done', reason: said })
  expect(await converted('first')).toEqual({ state: 'cached', reason: null })
  expect(await converted('second')).toEqual({ state: 'done', reason: said })
  expect(calls.filter((call) => call === 'list-plugin-operators').length).toBe(2)
})

test('where TensorRT is not set up, the operators pass, and it is said that nobody could be asked', async () => {
  const { converted, calls } = await ownModelBench(false)
  expect(await converted('first')).toEqual({
    state: 'done',
    reason:
      'Left to the plugin library libmine.so HASH, which can be asked for its operators only where TensorRT is set up: my.company::Sharpen (2 nodes).',
  })
  expect(calls).not.toContain('list-plugin-operators')
})

test("TensorRT's own plugins are told from the library's, and a library that nothing needs is told too", () => {
  expect(
    leftToPlugins(mine, [
      { operator: 'Sharpen', nodes: 1, ofLibrary: true },
      { operator: 'EfficientNMS_TRT', nodes: 1, ofLibrary: false },
    ]),
  ).toBe(
    "Left to the plugin library libmine.so 1a2b3c4d5e6f: Sharpen (1 node). Left to TensorRT's own plugins: EfficientNMS_TRT (1 node).",
  )
  expect(leftToPlugins(mine, [])).toBe('No operator of the model needs the plugin library libmine.so 1a2b3c4d5e6f.')
})
