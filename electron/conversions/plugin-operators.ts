// Which operators of a user's model a plugin library computes: asked of TensorRT's own registry, if TensorRT is set up
// here, before any graph is made of the model. TensorRT's parser has the last word when the engine is built.
import {
  type PluginLibrary,
  type PluginOperator,
  pluginWords,
  type RegisteredOperator,
} from '../../shared/domain/plugin.ts'
import type { ConversionJob, StepFrame } from './conversion-job.ts'

const registry = 'tensorrt'

/** Null if TensorRT is not set up. Loads the library, which is code that the user consented to. */
export async function registeredOperators(
  job: ConversionJob,
  frame: StepFrame,
  plugin: PluginLibrary,
): Promise<RegisteredOperator[] | null> {
  const { parts, signal } = job
  const status = await parts.describeBackend(registry)
  if (status?.builder?.available !== true) return null
  const { visibleGpu } = await job.buildCard()
  const worker = await frame.worker(registry, visibleGpu)
  return (await worker.request('list-plugin-operators', { plugin: await parts.plugins.find(plugin) }, signal)).operators
}

/** For people: `Left to the plugin library libmine.so 1a2b3c4d5e6f: my.company::Sharpen (2 nodes).` */
export function leftToPlugins(plugin: PluginLibrary, operators: readonly PluginOperator[]): string {
  const library = `the plugin library ${pluginWords(plugin)}`
  const of = (wanted: PluginOperator['ofLibrary']) =>
    operators
      .filter(({ ofLibrary }) => ofLibrary === wanted)
      .map(({ operator, nodes }) => `${operator} (${nodes} ${nodes === 1 ? 'node' : 'nodes'})`)
  const [own, standard, unknown] = [of(true), of(false), of(null)]
  const said = [
    ...(own.length > 0 ? [`Left to ${library}: ${own.join(', ')}.`] : []),
    ...(standard.length > 0 ? [`Left to TensorRT's own plugins: ${standard.join(', ')}.`] : []),
    ...(unknown.length > 0
      ? [
          `Left to ${library}, which can be asked for its operators only where TensorRT is set up: ${unknown.join(', ')}.`,
        ]
      : []),
  ]
  return said.join(' ') || `No operator of the model needs ${library}.`
}
