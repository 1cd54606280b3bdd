import { BenchError } from '../../../shared/domain/bench-error.ts'
import type { RunFolder, RunStore } from '../../services.ts'
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

/** Files are written whole or not at all; an existing one is replaced only after the user said so. */
export function reportHandlers({
  services,
  dialogs,
}: HandlerContext): Pick<Handlers, 'report:preview' | 'report:export'> {
  return {
    'report:preview': async ({ runId, format }) => ({
      text: await services.reports.preview(await runFolderOf(services.store, runId), format),
    }),
    'report:export': async ({ runId, formats }) => {
      const run = await runFolderOf(services.store, runId)
      const folder = await dialogs.chooseFolder('Choose the folder for the report')
      if (folder === null) return null
      try {
        return { folder, files: [...(await services.reports.write(run, formats, folder, false))] }
      } catch (error) {
        if (!(error instanceof BenchError) || error.record.code !== 'folder-not-empty') throw error
        if (!(await dialogs.confirmOverwrite(folder))) return null
        return { folder, files: [...(await services.reports.write(run, formats, folder, true))] }
      }
    },
  }
}

async function runFolderOf(store: RunStore, runId: string): Promise<RunFolder> {
  return {
    folder: await store.folderOf(runId),
    record: await store.open(runId),
    samples: (groupKey, caseKey) => store.samples(runId, groupKey, caseKey),
  }
}
