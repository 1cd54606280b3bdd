import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../electron/cli/command.ts'
import { noiseFloorCommand } from '../../../electron/cli/noise-floor-command.ts'
import type { NoiseFloorRequest } from '../../../electron/noise-floors/noise-floors.ts'
import type { Services } from '../../../electron/services.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'

const floor: NoiseFloor = {
  value: 0.0612,
  interval: { low: 0.041, high: 0.0755, level: 0.8576, method: 'order-statistic' },
  ...{ comparisons: 40, intervalsExcludingOne: 3, preset: 'quick', device: 'cpu' },
  ...{ subject: 'digits, onnxruntime-node fp32, batch 1', machineHash: 'a'.repeat(64) },
  measuredAt: '2026-11-24T08:00:00.000Z',
}

function contextOf(options: object, floors: readonly NoiseFloor[] = [floor], controller = new AbortController()) {
  const results: string[] = []
  const notes: string[] = []
  const asked: NoiseFloorRequest[] = []
  const services: Pick<Services, 'noiseFloors'> = {
    noiseFloors: {
      list: async () => floors,
      find: async () => null,
      measure(request, onProgress) {
        asked.push(request)
        onProgress({ done: 12, of: request.comparisons, remainingMs: 90_000 })
        if (!('wait' in options)) return { finished: Promise.resolve(floor), cancel: () => {} }
        let end = (_reason: Error) => {}
        const finished = new Promise<NoiseFloor>((_resolve, reject) => {
          end = reject
        })
        return { finished, cancel: () => end(new Error('cancelled')) }
      },
    },
  }
  const context: CommandContext = {
    services: services as Services,
    terminal: {
      result: (text) => results.push(text),
      note: (text) => notes.push(text),
      status: () => {},
      resultIsTerminal: false,
      noteIsTerminal: false,
    },
    options: { ...options },
    words: [],
    signal: controller.signal,
  }
  return { context, results, notes, asked }
}

const words = [
  'quick on cpu: 6.12 % (4.10 % – 7.55 %, 86 %)',
  '  95th percentile of |ratio − 1| over 40 comparisons of digits, onnxruntime-node fp32, batch 1 with itself, 2026-11-24T08:00:00.000Z',
  '  3 of 40 intervals excluded 1',
  '  This machine cannot resolve less than 6.1 %.',
].join('\n')

describe('enginebench noise-floor', () => {
  it('measures for quick runs on the CPU where nothing is named, and tells what that means', async () => {
    const { context, results, notes, asked } = contextOf({})
    expect(await noiseFloorCommand.run(context)).toBe(0)
    expect(asked).toEqual([{ preset: 'quick', device: 'cpu', comparisons: 40 }])
    expect(notes).toEqual(['comparison 12 of 40 · 1 min 30 s left'])
    expect(results).toEqual([words])
  })

  it('measures what is named, and prints one JSON document', async () => {
    const options = { preset: 'standard', device: 'cuda', comparisons: '60', json: true, progress: 'none' }
    const { context, results, notes, asked } = contextOf(options)
    expect(await noiseFloorCommand.run(context)).toBe(0)
    expect(asked).toEqual([{ preset: 'standard', device: 'cuda', comparisons: 60 }])
    expect([notes, results.map((text) => JSON.parse(text))]).toEqual([[], [floor]])
  })

  it('lists what was measured, and measures nothing then', async () => {
    const { context, results, asked } = contextOf({ list: true })
    await noiseFloorCommand.run(context)
    const none = contextOf({ list: true }, [])
    await noiseFloorCommand.run(none.context)
    expect([results, none.results]).toEqual([[words], ['No noise floor of this machine was measured yet.']])
    expect([...asked, ...none.asked]).toEqual([])
  })

  it.each([{ comparisons: '39' }, { preset: 'slow' }, { device: 'tpu' }])('refuses %o', async (options) => {
    await expect(noiseFloorCommand.run(contextOf(options).context)).rejects.toMatchObject({
      record: { code: 'bad-usage' },
    })
  })

  it('is cancelled by the first interruption', async () => {
    const controller = new AbortController()
    const running = noiseFloorCommand.run(contextOf({ wait: true }, [], controller).context)
    controller.abort()
    await expect(running).rejects.toThrow('cancelled')
  })
})
