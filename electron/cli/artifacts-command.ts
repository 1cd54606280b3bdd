import { resolve } from 'node:path'
import { z } from 'zod'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { OptionFault } from '../../shared/domain/option.ts'
import { precisionLabel, precisionSchema } from '../../shared/domain/precision.ts'
import { artifactText, toolsText } from './artifact-text.ts'
import {
  type CommandContext,
  defineCommand,
  doesNotApply,
  jsonOption,
  type OptionSet,
  type Typed,
  usageError,
} from './command.ts'
import { exitCodes } from './exit-code.ts'
import { bytesText } from './figure-text.ts'
import { namedPluginFile, pluginOptions } from './plugin-options.ts'
import { textTable } from './table.ts'
import { warnOfUnreadable } from './unreadable-text.ts'

/** What each action takes after its name. */
const subjects = { list: null, show: 'HASH', log: 'HASH', add: 'FILE', remove: 'HASH' } as const
type Action = keyof typeof subjects
const actions = Object.keys(subjects) as readonly Action[]

const addOptions = {
  model: {
    flag: 'model',
    valueName: 'id',
    schema: z.string().optional(),
    description: 'With add: the model that the engine was built from',
  },
  precision: {
    flag: 'precision',
    valueName: 'name',
    schema: precisionSchema.optional(),
    description: 'With add: the precision that the engine computes in, according to its maker',
  },
  trustEngine: {
    flag: 'trust-engine',
    valueName: null,
    schema: z.boolean().default(false),
    description: 'With add: you trust the maker; an engine is code that runs on this machine',
  },
  ...pluginOptions,
} as const satisfies OptionSet
const artifactsOptions = { ...addOptions, json: jsonOption }

type ArtifactsContext = CommandContext<typeof artifactsOptions>

/** Artifacts that conversions made, and engines added from elsewhere. */
export const artifactsCommand = defineCommand({
  usage: 'artifacts [action] [subject]',
  description: 'List, show, add or remove artifacts: list, show HASH, log HASH, add FILE, remove HASH',
  options: artifactsOptions,
  examples: ['enginebench artifacts', 'enginebench artifacts show 3f2a91bc', 'enginebench artifacts --json'],
  misfits: artifactsMisfits,
  async run(context) {
    const { services, words, terminal } = context
    const [action = 'list', subject = ''] = words
    if (action === 'list') {
      warnOfUnreadable(await services.artifacts.unreadable(), terminal)
      return show(context, [...(await services.artifacts.list())], listText)
    }
    if (action === 'add') return show(context, [await add(context, subject)], oneText)
    const artifact = await services.artifacts.find(subject)
    if (action === 'show') return show(context, [artifact], oneText)
    const { key } = artifact
    if (key === undefined) {
      throw usageError(`${subject} ships with its model.`, 'It has no log and cannot be removed.')
    }
    if (action === 'log') terminal.result((await services.artifacts.log(key)).trimEnd())
    else {
      await services.artifacts.remove(key)
      terminal.result(`removed ${artifact.sha256.slice(0, 12)}, ${bytesText(artifact.sizeBytes)}`)
    }
    return exitCodes.done
  },
})

function artifactsMisfits(typed: Typed<typeof artifactsOptions>): readonly OptionFault[] {
  const { words, given } = typed
  const [name = 'list', subject] = words
  const action = actions.find((known) => known === name)
  if (action === undefined) return [fault(`artifacts has no action "${name}".`, `Choose from: ${actions.join(', ')}.`)]
  const needed = subjects[action]
  const why = `to artifacts ${action}`
  return [
    ...(needed !== null && subject === undefined
      ? [
          fault(
            `artifacts ${action} needs a ${needed.toLowerCase()}.`,
            `Write: enginebench artifacts ${action} ${needed}`,
          ),
        ]
      : []),
    ...(needed === null && subject !== undefined
      ? [fault(`"${subject}" does not apply ${why}.`, `To see one artifact: enginebench artifacts show ${subject}`)]
      : []),
    ...(action === 'log' || action === 'remove' ? doesNotApply(typed, [jsonOption], why) : []),
    ...(action === 'add' ? missingOf(given) : doesNotApply(typed, Object.values(addOptions), why)),
  ]
}

function missingOf(given: ReadonlySet<string>): readonly OptionFault[] {
  return [
    ...(given.has('model') ? [] : [fault('artifacts add needs a model.', 'Add --model ID.')]),
    ...(given.has('precision') ? [] : [fault('artifacts add needs a precision.', 'Add it, e.g. --precision fp16.')]),
  ]
}

function fault(message: string, remedy: string): OptionFault {
  return { code: 'bad-usage', message, remedy }
}

async function add({ services, values }: ArtifactsContext, file: string): Promise<Artifact> {
  const { model: modelId = '', precision = 'fp32', trustEngine: consent } = values
  const plugin = await namedPluginFile(services, values)
  return services.artifacts.adopt({ file: resolve(file), modelId, precision, consent, plugin })
}

type Text = (artifacts: readonly Artifact[], terminal: ArtifactsContext['terminal']) => string

function show({ terminal, values }: ArtifactsContext, artifacts: readonly Artifact[], text: Text) {
  terminal.result(values.json ? JSON.stringify({ artifacts }, null, 2) : text(artifacts, terminal))
  return exitCodes.done
}

const listText: Text = (artifacts, terminal) => {
  if (artifacts.length === 0) {
    return 'There are no artifacts yet. To make one: enginebench convert --model digits --to onnx --precision fp16'
  }
  const rows = artifacts.map((artifact) => [
    artifact.sha256.slice(0, 12),
    artifact.modelId,
    artifact.kind,
    precisionLabel(artifact.precision),
    bytesText(artifact.sizeBytes),
    artifact.parity.verdict,
    toolsText(artifact),
  ])
  const columns = ['Hash', 'Model', 'Kind', 'Precision', 'Size', 'Parity', 'Made by'].map((title) => ({ title }))
  return textTable(columns, rows, terminal)
}

const oneText: Text = (artifacts) => artifacts.map(artifactText).join('\n\n')
