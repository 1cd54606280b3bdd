import { describe, expect, it, vi } from 'vitest'
import { artifactHandlers, conversionHandlers } from '../../../../electron/ipc/handlers/conversions.ts'
import type { ConversionService, StartedConversion } from '../../../../electron/services.ts'
import { BenchError } from '../../../../shared/domain/bench-error.ts'
import type { ConversionCheck, ConversionEvent, LogEntry } from '../../../../shared/domain/conversion.ts'
import {
  fakeArtifact,
  fakeConversionRecord,
  fakeRecipe,
  fakeArtifactKey as key,
} from '../../../fakes/conversion-record.ts'
import { fakeHandlerContext } from '../../../fakes/handler-context.ts'
import { fusedEngine } from '../../../fakes/inspected-file.ts'

const check: ConversionCheck = { steps: [], refusals: [], engineRefusal: null, warnings: [] }
const entry: LogEntry = { level: 'info', text: 'one', count: 1 }
const logged: ConversionEvent = { kind: 'logged', conversionId: 'a', step: 'engine', entries: [entry] }

const startedAs = (conversionId: string): StartedConversion => ({
  conversionId,
  finished: new Promise(() => undefined),
  cancel: () => undefined,
})

function fixture() {
  const conversions = {
    check: vi.fn<ConversionService['check']>(async () => check),
    start: vi.fn<ConversionService['start']>(async () => startedAs('a')),
    retry: vi.fn<ConversionService['retry']>(async () => startedAs('b')),
    cancel: vi.fn<ConversionService['cancel']>(async () => undefined),
    dismiss: vi.fn<ConversionService['dismiss']>(async () => undefined),
    list: vi.fn<ConversionService['list']>(async () => [fakeConversionRecord()]),
    log: vi.fn<ConversionService['log']>(async () => [entry]),
  }
  const fake = fakeHandlerContext({ conversions })
  return { ...fake, conversions, handlers: conversionHandlers(fake.context) }
}

describe('the conversion handlers', () => {
  it('start a recipe and answer with its name before it has ended', async () => {
    const { handlers, conversions } = fixture()
    expect(await handlers['conversion:start']({ recipe: fakeRecipe() })).toEqual({ conversionId: 'a' })
    expect(conversions.start).toHaveBeenCalledWith(fakeRecipe())
  })

  it('pass what is asked of a conversion on by its name', async () => {
    const { handlers, conversions } = fixture()
    const named = { conversionId: 'a' }
    expect([
      await handlers['conversion:cancel'](named),
      await handlers['conversion:retry'](named),
      await handlers['conversion:dismiss'](named),
      await handlers['conversion:log']({ ...named, step: 'engine' }),
    ]).toEqual([{}, { conversionId: 'b' }, {}, { entries: [entry] }])
    expect([conversions.cancel, conversions.retry, conversions.dismiss].map(({ mock }) => mock.calls)).toEqual([
      [['a']],
      [['a']],
      [['a']],
    ])
    expect(conversions.log).toHaveBeenCalledWith('a', 'engine')
  })

  it.each<['conversion:list' | 'conversion:log']>([['conversion:list'], ['conversion:log']])(
    '%s sends what is waiting before it answers, so that nothing is told twice',
    async (name) => {
      const { handlers, context, conversions, send } = fixture()
      context.broadcast.emitConversionEvent(logged)
      await (name === 'conversion:list' ? handlers[name]({}) : handlers[name]({ conversionId: 'a', step: 'engine' }))
      expect(send.mock.calls).toEqual([['conversion:progressed', { events: [logged] }]])
      const asked = name === 'conversion:list' ? conversions.list : conversions.log
      expect(send.mock.invocationCallOrder[0]).toBeLessThan(asked.mock.invocationCallOrder[0] ?? 0)
    },
  )

  it.each([
    ['a model file', fakeRecipe({ model: '/home/someone/model.onnx' })],
    ['a weights folder', fakeRecipe({ weights: { kind: 'folder', folder: '/home/someone/weights' } })],
    [
      'a calibration folder',
      fakeRecipe({ calibration: { method: 'entropy', imageFolder: '/home/someone/pictures', imageLimit: 500 } }),
    ],
  ])('check and start nothing with %s that was never given to the window', async (_what, recipe) => {
    const { handlers, context, conversions } = fixture()
    for (const name of ['conversion:check', 'conversion:start'] as const) {
      await expect(handlers[name]({ recipe })).rejects.toMatchObject({ record: { code: 'bad-usage' } })
    }
    expect([conversions.check.mock.calls, conversions.start.mock.calls]).toEqual([[], []])
    context.allowedPaths.allowRecipe(recipe)
    expect(await handlers['conversion:check']({ recipe })).toEqual(check)
    expect(await handlers['conversion:start']({ recipe })).toEqual({ conversionId: 'a' })
  })
})

it('artifacts are listed and their logs read', async () => {
  const log = vi.fn(async () => 'line one\nline two\n')
  const handlers = artifactHandlers(
    fakeHandlerContext({ artifacts: { list: async () => [fakeArtifact()], log } }).context,
  )
  expect(await handlers['artifacts:list']({})).toEqual([fakeArtifact()])
  expect(await handlers['artifact:log']({ key })).toEqual({ text: 'line one\nline two\n' })
  expect(log).toHaveBeenCalledWith(key)
})

it('an artifact is inspected by its key', async () => {
  const inspectArtifact = vi.fn(async () => fusedEngine)
  const handlers = artifactHandlers(fakeHandlerContext({ inspector: { inspectArtifact } }).context)
  expect(await handlers['artifact:inspect']({ key })).toEqual(fusedEngine)
  expect(inspectArtifact).toHaveBeenCalledWith(key)
})

it('the window is told when an artifact was removed', async () => {
  const remove = vi.fn(async () => undefined)
  const { context, send } = fakeHandlerContext({ artifacts: { remove } })
  expect(await artifactHandlers(context)['artifact:remove']({ key })).toEqual({})
  context.broadcast.flush()
  expect(remove).toHaveBeenCalledWith(key)
  expect(send.mock.calls).toEqual([['artifacts:changed', {}]])
})

it('the window is told of no change when the artifact is not there', async () => {
  const unknown = new BenchError({ code: 'unknown-artifact', stage: 'store', message: 'No such.', remedy: 'Look.' })
  const { context, send } = fakeHandlerContext({ artifacts: { remove: () => Promise.reject(unknown) } })
  await expect(artifactHandlers(context)['artifact:remove']({ key })).rejects.toBe(unknown)
  context.broadcast.flush()
  expect(send).not.toHaveBeenCalled()
})
