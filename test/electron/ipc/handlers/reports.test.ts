import { describe, expect, it, vi } from 'vitest'
import { reportHandlers } from '../../../../electron/ipc/handlers/reports.ts'
import type { ReportWriter } from '../../../../electron/services.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'
import { fakeRunRecord } from '../../../fakes/run-record.ts'

const occupied = new BenchError({
  code: 'folder-not-empty',
  stage: 'report',
  message: 'benchmark_results.json is there already.',
  remedy: 'Choose another folder.',
})
const request = { runId: 'run-a', formats: ['json' as const] }

function fixture(chosen: string | null, overwrite: boolean) {
  const write = vi.fn<ReportWriter['write']>(async (_run, _formats, folder, mayOverwrite) => {
    if (!mayOverwrite) throw occupied
    return [`${folder}/benchmark_results.json`]
  })
  const { context } = fakeHandlerContext(
    {
      reports: { write },
      store: { open: async () => fakeRunRecord(), folderOf: async () => '/data/runs/run-a' },
    },
    { chooseFolder: async () => chosen, confirmOverwrite: async () => overwrite },
  )
  return { write, exported: reportHandlers(context)['report:export'](request) }
}

describe('the export of a report', () => {
  it('writes nothing when no folder was chosen', async () => {
    const { write, exported } = fixture(null, true)
    expect(await exported).toBeNull()
    expect(write).not.toHaveBeenCalled()
  })

  it('fault-40: replaces files only after the user said so', async () => {
    const { write, exported } = fixture('/out', true)
    expect(await exported).toEqual({ folder: '/out', files: ['/out/benchmark_results.json'] })
    expect(write.mock.calls.map((call) => call[3])).toEqual([false, true])
  })

  it('fault-40: leaves the files that are there when the user keeps them', async () => {
    const { write, exported } = fixture('/out', false)
    expect(await exported).toBeNull()
    expect(write.mock.calls.map((call) => call[3])).toEqual([false])
  })
})
