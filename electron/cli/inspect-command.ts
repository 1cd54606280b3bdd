import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { z } from 'zod'
import type { InspectedFile } from '../../shared/domain/inspection.ts'
import type { OptionFault } from '../../shared/domain/option.ts'
import { type PluginFile, pluginWords } from '../../shared/domain/plugin.ts'
import { alignedRows } from '../../shared/report/engine-layers.ts'
import { type CommandContext, defineCommand, jsonOption, type Typed, usageError } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { alignmentText, inspectionText } from './inspection-text.ts'
import { namedPluginFile, pluginOptions } from './plugin-options.ts'

const inspectOptions = {
  trustEngine: {
    flag: 'trust-engine',
    valueName: null,
    schema: z.boolean().default(false),
    description: 'You trust the maker of an engine file that you name; an engine is code that runs on this machine',
  },
  ...pluginOptions,
  json: jsonOption,
} as const

/** What is inside an engine or an ONNX file, or two of them side by side. */
export const inspectCommand = defineCommand({
  usage: 'inspect <subject> [other]',
  description:
    'Show tensors, profiles and layers of an artifact or a file, or of two side by side: HASH, FILE.engine, FILE.onnx',
  options: inspectOptions,
  examples: [
    'enginebench inspect 3f2a91bc',
    'enginebench inspect 3f2a91bc 7d40e2aa',
    'enginebench inspect yolo11n.engine --trust-engine --json',
  ],
  misfits: inspectMisfits,
  async run(context) {
    const { words, terminal, values } = context
    const plugin = await namedPluginFile(context.services, values)
    const files: InspectedFile[] = []
    for (const subject of words) files.push(await inspected(context, subject, plugin))
    if (plugin !== null) requireLoaded(plugin, files)
    const [first, second] = files
    if (first === undefined) throw new Error('inspect needs a subject')
    if (values.json) {
      const aligned = second === undefined ? {} : { aligned: alignedRows(first, second) }
      terminal.result(JSON.stringify({ files, ...aligned }, null, 2))
    } else {
      terminal.result(second === undefined ? inspectionText(first, terminal) : alignmentText(first, second, terminal))
    }
    return exitCodes.done
  },
})

function inspectMisfits({ words }: Typed<typeof inspectOptions>): readonly OptionFault[] {
  if (words.length <= 2) return []
  const message = `inspect takes one or two artifacts or files, not ${words.length}.`
  return [{ code: 'bad-usage', message, remedy: 'Name at most two.' }]
}

async function inspected(
  { services, values }: CommandContext<typeof inspectOptions>,
  subject: string,
  plugin: PluginFile | null,
): Promise<InspectedFile> {
  const file = resolve(subject)
  return extname(subject) !== '' || existsSync(file)
    ? services.inspector.inspectFile(file, values.trustEngine, plugin)
    : services.inspector.inspectArtifact(subject, plugin)
}

/** A library that nothing was opened with is told, unless an engine could not be opened here, which its answer says. */
function requireLoaded(plugin: PluginFile, files: readonly InspectedFile[]): void {
  if (files.some((file) => file.instead !== null || file.plugin?.sha256 === plugin.sha256)) return
  const why = files.map((file) =>
    file.plugin === undefined
      ? `${file.name} is an ONNX file, and its nodes are read without running it`
      : `${file.name} needs ${pluginWords(file.plugin)}, and is opened with its own copy of it`,
  )
  throw usageError(
    `The plugin library ${pluginWords(plugin)} was not loaded: ${why.join('; ')}.`,
    'Leave --plugin out, or name an engine that needs this library.',
  )
}
