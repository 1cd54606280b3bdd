import { sourceForms } from '../../shared/domain/model-source.ts'
import type { OptionFault } from '../../shared/domain/option.ts'
import { defineCommand, doesNotApply, jsonOption, type Typed } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { findNamedModel, modelOptions, modelReferenceSchema, modelText, namedModel } from './model-options.ts'
import { textTable } from './table.ts'

const { model: _, ...changesAndConsent } = modelOptions
const modelsOptions = { ...changesAndConsent, json: jsonOption } as const

export const modelsCommand = defineCommand({
  usage: 'models [model]',
  description: 'List the models that can be benchmarked, or show what will be run of one',
  options: modelsOptions,
  examples: [
    'enginebench models',
    'enginebench models timm:resnet18',
    'enginebench models ./my-vit --input-size 384 --mean 0.5 --deviation 0.5',
    'enginebench models ./network.py:make --trust-code',
  ],
  misfits: modelsMisfits,
  async run({ services, terminal, values, words }) {
    const [named] = words
    if (named !== undefined) {
      const model = namedModel({ ...values, model: modelReferenceSchema.parse(named) }) ?? named
      const { manifest } = await findNamedModel(services, model, values, terminal)
      terminal.result(values.json ? JSON.stringify({ model, manifest }, null, 2) : modelText(manifest, terminal))
      return exitCodes.done
    }
    const models = await services.models.list()
    if (values.json) {
      terminal.result(JSON.stringify({ models }, null, 2))
      return exitCodes.done
    }
    const rows = models.map(({ id, task, parameterCount, input, optimizationProfile, licence }) => [
      id,
      task,
      parameterCount === null ? 'unknown' : `${(parameterCount / 1e6).toFixed(parameterCount < 1e6 ? 3 : 1)} M`,
      `${input.channels}×${input.height}×${input.width}`,
      `${optimizationProfile.min}–${optimizationProfile.max}`,
      licence.model,
    ])
    const columns = ['Model', 'Task', 'Parameters', 'Input', 'Batch', 'Licence'].map((title) => ({ title }))
    terminal.result(textTable(columns, rows, terminal))
    terminal.note(`To measure a model of your own: enginebench run --model FILE.onnx, or ${sourceForms}`)
    return exitCodes.done
  },
})

function modelsMisfits(typed: Typed<typeof modelsOptions>): readonly OptionFault[] {
  const [named] = typed.words
  if (named === undefined) {
    return doesNotApply(
      typed,
      Object.values(changesAndConsent),
      'to the list of models',
      'Name a model, or leave it out.',
    )
  }
  const read = modelReferenceSchema.safeParse(named)
  return read.error?.issues.map((issue) => faultOf(issue)) ?? []
}

function faultOf(issue: { readonly message: string; readonly params?: unknown }): OptionFault {
  const { code, message } = (issue.params ?? {}) as Partial<OptionFault>
  return { code: code ?? 'unknown-model', message: message ?? issue.message, remedy: issue.message }
}
