import { defineCommand, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { textTable } from './table.ts'

export const modelsCommand = defineCommand({
  usage: 'models',
  description: 'List the models that can be benchmarked',
  options: { json: jsonOption },
  examples: ['enginebench models'],
  async run({ services, terminal, values }) {
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
    terminal.note('To measure an ONNX file of your own: enginebench run --model FILE.onnx')
    return exitCodes.done
  },
})
