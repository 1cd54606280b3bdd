import { describe, expect, it, vi } from 'vitest'
import { relayConversions } from '../../../electron/ipc/conversion-relay.ts'
import type { ConversionService } from '../../../electron/services.ts'
import type { ConversionEvent, ConversionState } from '../../../shared/domain/conversion.ts'
import { fakeArtifact, fakeConversionRecord, fakeRecipe } from '../../fakes/conversion-record.ts'
import { fakeHandlerContext } from '../../fakes/handler-context.ts'

const changed = (state: ConversionState, conversionId = 'a'): ConversionEvent => ({
  kind: 'conversion-changed',
  record: fakeConversionRecord({ conversionId, state }),
})
const made: ConversionEvent = { kind: 'artifact-made', conversionId: 'a', artifact: fakeArtifact() }

function fixture(overrides: Partial<ConversionService> = {}) {
  let tell: (event: ConversionEvent) => void = () => undefined
  const conversions = {
    subscribe: (listener: (event: ConversionEvent) => void) => {
      tell = listener
      return () => undefined
    },
    resume: async () => undefined,
    list: async () => [],
    shutdown: vi.fn(async () => undefined),
    ...overrides,
  }
  const fake = fakeHandlerContext({ conversions })
  const keepAwake = vi.fn(() => fake.release)
  const context = { ...fake.context, keepAwake }
  return {
    ...fake,
    context,
    conversions,
    keepAwake,
    relayed: relayConversions(context),
    tell: (event: ConversionEvent) => tell(event),
  }
}

describe('the relay of conversions', () => {
  it('listens before it takes up what the last start left, so that the page misses nothing', async () => {
    const order: string[] = []
    const { relayed } = fixture({
      subscribe: () => {
        order.push('subscribe')
        return () => undefined
      },
      resume: async () => void order.push('resume'),
    })
    await relayed
    expect(order).toEqual(['subscribe', 'resume'])
  })

  it('sends the events in order, and once that the artifacts have changed, after them', () => {
    const { context, tell, send } = fixture()
    for (const event of [changed('running'), made, changed('completed')]) tell(event)
    context.broadcast.flush()
    expect(send.mock.calls).toEqual([
      ['conversion:progressed', { events: [changed('running'), made, changed('completed')] }],
      ['artifacts:changed', {}],
    ])
  })

  it('keeps the machine awake while a conversion runs, not while one waits', () => {
    const { tell, keepAwake, release } = fixture()
    tell(changed('queued'))
    expect(keepAwake).not.toHaveBeenCalled()
    tell(changed('running'))
    tell(changed('running'))
    expect([keepAwake.mock.calls.length, release.mock.calls.length]).toEqual([1, 0])
    tell(changed('failed'))
    expect(release).toHaveBeenCalledOnce()
  })

  it('lets the window name what conversions of the last start named', async () => {
    const recipe = fakeRecipe({ model: '/home/someone/model.onnx' })
    const { context, relayed } = fixture({ list: async () => [fakeConversionRecord({ recipe })] })
    await relayed
    expect(() => context.allowedPaths.checkRecipe(recipe)).not.toThrow()
  })

  it('ends what runs before the app quits', async () => {
    const { context, conversions } = fixture()
    await context.quitTasks.finish(1000)
    expect(conversions.shutdown).toHaveBeenCalledOnce()
  })

  it('logs that the last queue could not be taken up, and goes on', async () => {
    const bug = new Error('a bug')
    const { relayed, logError } = fixture({ resume: () => Promise.reject(bug) })
    await relayed
    expect(logError).toHaveBeenCalledWith('taking up the conversions of the last start failed', bug)
  })
})
