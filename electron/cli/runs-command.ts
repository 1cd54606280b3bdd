import { isMeasured } from '../../shared/domain/figure.ts'
import { defineCommand, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { numberText } from './figure-text.ts'
import { textTable } from './table.ts'
import { warnOfUnreadable } from './unreadable-text.ts'

export const runsCommand = defineCommand({
  usage: 'runs',
  description: 'List the runs on this machine, newest first',
  options: { json: jsonOption },
  examples: ['enginebench runs'],
  async run({ services, terminal, values }) {
    // Lists a run as interrupted if its process is gone.
    await services.store.recover()
    const [runs, unreadable] = [await services.store.list(), await services.store.unreadable()]
    if (values.json) {
      const folders = unreadable.map(({ path, problem }) => ({ folder: path, problem }))
      terminal.result(JSON.stringify({ runs, unreadable: folders }, null, 2))
      return exitCodes.done
    }
    warnOfUnreadable(unreadable, terminal)
    if (runs.length === 0) {
      terminal.result('There are no runs yet. To start one: enginebench run --model digits')
      return exitCodes.done
    }
    const rows = runs.map((run) => [
      run.runId,
      run.state,
      run.modelName,
      run.preset,
      `${run.caseCount}`,
      isMeasured(run.bestSpeedup) ? `${numberText(run.bestSpeedup.value)}×` : '–',
      [run.simulated ? 'simulated' : '', run.seededWeights ? 'seeded weights' : ''].filter(Boolean).join(', '),
    ])
    const columns = ['Run', 'State', 'Model', 'Preset', 'Cases', 'Best speedup', 'Note'].map((title) => ({ title }))
    terminal.result(textTable(columns, rows, terminal))
    return exitCodes.done
  },
})
