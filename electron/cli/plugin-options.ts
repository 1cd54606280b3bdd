// The options of commands that build, add or open an engine with a plugin library of the user's, which is code.
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Option } from '../../shared/domain/option.ts'
import type { PluginFile, PluginLibrary } from '../../shared/domain/plugin.ts'
import type { Services } from '../services.ts'
import type { Typed } from './command.ts'

export const pluginOptions = {
  plugin: {
    flag: 'plugin',
    valueName: 'file',
    schema: z
      .string()
      .transform((text) => resolve(text))
      .optional(),
    description: 'TensorRT: a library of plugins (.so, .dll) that the engine needs, copied and told by its hash',
  },
  trustPlugin: {
    flag: 'trust-plugin',
    valueName: null,
    schema: z.boolean().default(false),
    goesWith: 'plugin',
    description: 'You trust the maker of the plugin library; it is code that runs on this machine',
  },
} as const satisfies Readonly<Record<string, Option>>

type PluginValues = Typed<typeof pluginOptions>['values']

/** Undefined if none is named; throws `untrusted-engine` without consent. */
export async function namedPlugin(
  { plugins }: Pick<Services, 'plugins'>,
  { plugin, trustPlugin }: PluginValues,
): Promise<PluginLibrary | undefined> {
  return plugin === undefined ? undefined : plugins.add(plugin, trustPlugin)
}

/** With its private copy; null if none is named. */
export async function namedPluginFile(
  services: Pick<Services, 'plugins'>,
  values: PluginValues,
): Promise<PluginFile | null> {
  const plugin = await namedPlugin(services, values)
  return plugin === undefined ? null : services.plugins.find(plugin)
}
