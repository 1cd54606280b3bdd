import { join, resolve } from 'node:path'
import { z } from 'zod'
import { reportFormatSchema } from '../../shared/ipc/contract.ts'
import { openRunFolder } from '../store/run-folder.ts'
import { defineCommand, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { runFolderNamed } from './named-folders.ts'

/** Writes the reports of one finished run. */
export const reportCommand = defineCommand({
  usage: 'report <run>',
  description: 'Write reports of a run, named by its folder or id',
  options: {
    format: {
      flag: 'format',
      valueName: 'list',
      schema: z.array(reportFormatSchema).default(['json', 'csv', 'md', 'html']),
      description: 'Formats to write',
    },
    out: {
      flag: 'out',
      valueName: 'folder',
      schema: z.string().optional(),
      description: 'Folder for the files',
      defaultText: 'report/ in the run folder',
    },
    overwrite: {
      flag: 'overwrite',
      valueName: null,
      schema: z.boolean().default(false),
      description: 'Replace existing reports',
    },
    json: jsonOption,
  },
  examples: ['enginebench report ./clip --format html,pdf --out ./clip-report'],
  async run({ services, terminal, values, words }) {
    const run = await openRunFolder(await runFolderNamed(services, words[0] ?? ''))
    const folder = values.out === undefined ? join(run.folder, 'report') : resolve(values.out)
    const files = await services.reports.write(run, [...new Set(values.format)], folder, values.overwrite)
    if (values.json) terminal.result(JSON.stringify({ files }, null, 2))
    else for (const file of files) terminal.result(file)
    return exitCodes.done
  },
})
