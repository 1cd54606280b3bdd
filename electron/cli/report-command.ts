import { join, resolve } from 'node:path'
import { reportFormatSchema } from '../../shared/ipc/contract.ts'
import type { RunFolder } from '../services.ts'
import { openRunFolder } from '../store/run-folder.ts'
import { type CliCommand, type CommandContext, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { runFolderNamed } from './named-run.ts'
import { choiceValue, listOption, switchOption, textOption } from './option-value.ts'

const defaultFormats = ['json', 'csv', 'md', 'html']

/** Writes the reports of one finished run. */
export const reportCommand: CliCommand = {
  usage: 'report <run>',
  description: 'Write reports of a run, named by its folder or id',
  options: [
    { flags: '--format <list>', description: `json,csv,md,html,pdf; default ${defaultFormats.join(',')}` },
    { flags: '--out <folder>', description: 'Where the files go; default: report/ in the run folder' },
    { flags: '--overwrite', description: 'Replace reports that are there' },
    jsonOption,
  ],
  examples: ['enginebench report ./clip --format html,pdf --out ./clip-report'],
  async run(context) {
    const { services, terminal, options } = context
    const formats = (listOption(options, 'format') ?? defaultFormats).map((text) =>
      choiceValue('format', text, reportFormatSchema.options),
    )
    const out = textOption(options, 'out')
    const run = await openRun(context)
    const folder = out === null ? join(run.folder, 'report') : resolve(out)
    const files = await services.reports.write(run, [...new Set(formats)], folder, switchOption(options, 'overwrite'))
    if (switchOption(options, 'json')) terminal.result(JSON.stringify({ files }, null, 2))
    else for (const file of files) terminal.result(file)
    return exitCodes.done
  },
}

async function openRun({ services, words }: CommandContext): Promise<RunFolder> {
  return openRunFolder(await runFolderNamed(services, words[0] ?? ''))
}
