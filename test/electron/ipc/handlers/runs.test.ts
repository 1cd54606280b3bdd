import { describe, expect, it, vi } from 'vitest'
import { reportHandlers, runHandlers } from '../../../../electron/ipc/handlers/runs.ts'
import type { ReportWriter, RunService, StartedRun } from '../../../../electron/services.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import type { RunRecord } from '../../../../shared/domain/run.ts'
import type { RunEvent } from '../../../../shared/domain/run-event.ts'
import { runOfCases } from '../../../fakes/compared-runs.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'
import { fakePlan, fakeRunRecord } from '../../../fakes/run-record.ts'

const ended: RunEvent = { kind: 'run-ended', runId: 'run-a', state: 'completed', message: null }
const note = (message: string): RunEvent => ({
  kind: 'stage',
  stage: 'inputs',
  groupKey: null,
  caseKey: null,
  fraction: null,
  message,
})

function fakeRun() {
  let finish: (record: RunRecord) => void = () => undefined
  const finished = new Promise<RunRecord>((resolve) => {
    finish = resolve
  })
  const run: StartedRun = { runId: 'run-a', finished, cancel: vi.fn() }
  const started = vi.fn<RunService['start']>(async (_plan, _outFolder, onEvent) => {
    onEvent(note('before the run has its name'))
    return run
  })
  const onResumed = vi.fn<RunService['resume']>(async () => run)
  return {
    run,
    onResumed,
    finish: (record: RunRecord) => finish(record),
    started,
    onEvent: () => started.mock.calls[0]?.[2],
  }
}

describe('the run handlers', () => {
  it('proposes to settle two cases of runs on disk, and lets the window start that plan', async () => {
    const run = runOfCases([{ caseKey: 'onnxruntime-fp32', p50Ms: 20 }], { runId: 'run-a' })
    const plan = { ...run.plan, imageFolder: '/photographs' }
    const proposal = {
      plan,
      obstacles: [],
      notes: [],
      launches: null,
      mostLaunches: 32,
      resolvable: null,
      expectedMs: null,
      mostMs: null,
    }
    const propose = vi.fn(async () => proposal)
    const { started } = fakeRun()
    const services = { store: { open: async () => run }, settling: { propose }, runs: { start: started } }
    const handlers = runHandlers(fakeHandlerContext(services).context)
    const settled = { runId: 'run-a', groupKey: 'clip-vit-b32-b1', caseKey: 'onnxruntime-fp32' }
    expect(await handlers['settle:propose']({ left: settled, right: settled, margin: 0.03 })).toEqual(proposal)
    const side = expect.objectContaining({
      batchSize: 1,
      candidate: { backend: 'onnxruntime', precision: 'fp32', options: {} },
    })
    expect(propose).toHaveBeenCalledWith(side, side, { margin: 0.03, budgetMs: null })
    expect(await handlers['run:start']({ plan })).toEqual({ runId: 'run-a' })
    await expect(
      handlers['settle:propose']({ left: { ...settled, caseKey: 'none' }, right: settled, margin: 0.03 }),
    ).rejects.toThrow('Run run-a has no case clip-vit-b32-b1/none.')
  })

  it('sends the events of a run in order, and its end after the last of them', async () => {
    const { finish, started, onEvent } = fakeRun()
    const { context, send, release } = fakeHandlerContext({ runs: { start: started } })
    expect(await runHandlers(context)['run:start']({ plan: fakePlan() })).toEqual({ runId: 'run-a' })
    onEvent()?.(ended)
    expect(release).not.toHaveBeenCalled()
    finish(fakeRunRecord())
    await vi.waitFor(() => expect(release).toHaveBeenCalledOnce())
    expect(send.mock.calls).toEqual([
      ['run:changed', { runId: 'run-a', state: 'queued' }],
      ['run:changed', { runId: 'run-a', state: 'running' }],
      ['run:progressed', { runId: 'run-a', events: [note('before the run has its name'), ended] }],
      ['run:changed', { runId: 'run-a', state: 'completed' }],
    ])
  })

  it('sends what is waiting before it answers with the state of the run, so that nothing is told twice', async () => {
    const { started, onEvent } = fakeRun()
    const current = { runId: 'run-a', events: [note('one')] }
    const { context, send } = fakeHandlerContext({ runs: { start: started, current: () => current } })
    const handlers = runHandlers(context)
    await handlers['run:start']({ plan: fakePlan() })
    onEvent()?.(note('one'))
    expect(await handlers['run:current']({})).toEqual(current)
    expect(send).toHaveBeenLastCalledWith('run:progressed', {
      runId: 'run-a',
      events: [note('before the run has its name'), note('one')],
    })
  })

  it('resumes a run in its folder, tells of it as of a new one, and can cancel it', async () => {
    const { run, onResumed } = fakeRun()
    const folderOf = vi.fn(async () => '/data/runs/run-a')
    const { context, send } = fakeHandlerContext({ runs: { resume: onResumed }, store: { folderOf } })
    const handlers = runHandlers(context)
    expect(await handlers['run:resume']({ runId: 'run-a' })).toEqual({ runId: 'run-a' })
    expect(folderOf).toHaveBeenCalledWith('run-a')
    expect(onResumed).toHaveBeenCalledWith('/data/runs/run-a', expect.any(Function))
    expect(send).toHaveBeenCalledWith('run:changed', { runId: 'run-a', state: 'queued' })
    await handlers['run:cancel']({ runId: 'run-a' })
    expect(run.cancel).toHaveBeenCalledOnce()
  })

  it('cancels a run that is going on, and says so of one that is not', async () => {
    const { run, started } = fakeRun()
    const { context } = fakeHandlerContext({ runs: { start: started } })
    const handlers = runHandlers(context)
    await handlers['run:start']({ plan: fakePlan() })
    await handlers['run:cancel']({ runId: 'run-a' })
    expect(run.cancel).toHaveBeenCalledOnce()
    await expect(handlers['run:cancel']({ runId: 'run-b' })).rejects.toMatchObject({ record: { code: 'unknown-run' } })
  })

  it('does not remove a run that is going on', async () => {
    const { started } = fakeRun()
    const remove = vi.fn(async () => async () => undefined)
    const { context } = fakeHandlerContext({ runs: { start: started }, store: { remove } })
    const handlers = runHandlers(context)
    await handlers['run:start']({ plan: fakePlan() })
    await expect(handlers['run:remove']({ runId: 'run-a' })).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    expect(remove).not.toHaveBeenCalled()
  })

  it.each([
    ['an image folder', fakePlan({ imageFolder: '/home/someone/pictures' })],
    ['a model file', fakePlan({ model: '/home/someone/model.onnx' })],
    ['a weights folder', fakePlan({ weights: { kind: 'folder', folder: '/home/someone/weights' } })],
  ])('starts nothing with %s that no dialog returned', async (_what, plan) => {
    const { started } = fakeRun()
    const { context } = fakeHandlerContext({ runs: { start: started } })
    const handlers = runHandlers(context)
    await expect(handlers['run:start']({ plan })).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    context.allowedPaths.allowPlan(plan)
    expect(await handlers['run:start']({ plan })).toEqual({ runId: 'run-a' })
    expect(started).toHaveBeenCalledOnce()
  })
})

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
