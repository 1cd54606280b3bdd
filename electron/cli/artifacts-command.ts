import { resolve } from 'node:path'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { precisionLabel, precisionSchema } from '../../shared/domain/precision.ts'
import { artifactText, toolsText } from './artifact-text.ts'
import { type CliCommand, type CommandContext, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { bytesText } from './figure-text.ts'
import { choiceOption, switchOption, textOption } from './option-value.ts'
import { textTable } from './table.ts'
import { usageError } from './usage-error.ts'

const actions = ['list', 'show', 'log', 'add', 'remove'] as const

/** What conversions gave and is kept, and engines taken in from elsewhere. */
export const artifactsCommand: CliCommand = {
  usage: 'artifacts [action] [subject]',
  description: 'List, show, add or remove artifacts: list, show HASH, log HASH, add FILE, remove HASH',
  options: [
    { flags: '--model <id>', description: 'With add: the model that the engine was built from' },
    { flags: '--precision <name>', description: 'With add: what it computes in, as its maker says' },
    { flags: '--trust-engine', description: 'With add: you trust the maker; an engine is code that runs here' },
    jsonOption,
  ],
  examples: ['enginebench artifacts', 'enginebench artifacts show 3f2a91bc', 'enginebench artifacts --json'],
  async run(context) {
    const { services, words } = context
    const action = actions.find((known) => known === (words[0] ?? 'list'))
    if (!action) throw usageError(`artifacts cannot ${words[0]}.`, `Choose from: ${actions.join(', ')}.`)
    if (action === 'list') return show(context, [...(await services.artifacts.list())], listText)
    const subject = words[1]
    if (subject === undefined) {
      const what = action === 'add' ? 'FILE' : 'HASH'
      throw usageError(`artifacts ${action} needs a ${what.toLowerCase()}.`, `Write: artifacts ${action} ${what}`)
    }
    if (action === 'add') return show(context, [await add(context, subject)], oneText)
    const artifact = await services.artifacts.find(subject)
    if (action === 'show') return show(context, [artifact], oneText)
    const key = artifact.key
    if (key === undefined) throw usageError(`${subject} ships with its model.`, 'It has no log and is not removed.')
    if (action === 'log') context.terminal.result((await services.artifacts.log(key)).trimEnd())
    else {
      await services.artifacts.remove(key)
      context.terminal.result(`removed ${artifact.sha256.slice(0, 12)}, ${bytesText(artifact.sizeBytes)}`)
    }
    return exitCodes.done
  },
}

function add({ services, options }: CommandContext, file: string): Promise<Artifact> {
  const modelId = textOption(options, 'model')
  const precision = choiceOption(options, 'precision', precisionSchema.options)
  if (modelId === null || precision === null) {
    throw usageError('artifacts add needs a model and a precision.', 'Name both: --model ID --precision fp16')
  }
  const consent = switchOption(options, 'trustEngine')
  return services.artifacts.adopt({ file: resolve(file), modelId, precision, consent })
}

type Text = (artifacts: readonly Artifact[], terminal: CommandContext['terminal']) => string

function show({ terminal, options }: CommandContext, artifacts: readonly Artifact[], text: Text) {
  terminal.result(switchOption(options, 'json') ? JSON.stringify({ artifacts }, null, 2) : text(artifacts, terminal))
  return exitCodes.done
}

const listText: Text = (artifacts, terminal) => {
  if (artifacts.length === 0) {
    return 'There are no artifacts yet. The first one: enginebench convert --model digits --to onnx --precision fp16'
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
