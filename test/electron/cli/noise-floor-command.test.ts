import { describe, expect, it } from 'vitest'
import type { NoiseFloorRequest } from '../../../electron/noise-floors/noise-floors.ts'
import type { Services } from '../../../electron/services.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { carriedOut, faultsOf } from '../../fakes/typed-command.ts'

const floor: NoiseFloor = {
  value: 0.0612,
  interval: { low: 0.041, high: 0.0755, level: 0.8576, method: 'order-statistic' },
  ...{ comparisons: 40, intervalsExcludingOne: 3, preset: 'quick', device: 'cpu' },
  ...{ subject: 'digits, onnxruntime-node fp32, batch 1', machineHash: 'a'.repeat(64) },
  measuredAt: '2026-11-24T08:00:00.000Z',
}

function noiseFloor(options = '', floors: readonly NoiseFloor[] = [floor], isEndless = false) {
  const asked: NoiseFloorRequest[] = []
  const controller = new AbortController()
  const noiseFloors: Services['noiseFloors'] = {
    list: async () => floors,
    unreadable: async () => [],
    find: async () => null,
    measure(request, onProgress) {
      asked.push(request)
      onProgress({ done: 12, of: request.comparisons, remainingMs: 90_000 })
      if (!isEndless) return { finished: Promise.resolve(floor), cancel: () => {} }
      let end = (_reason: Error) => {}
      const finished = new Promise<NoiseFloor>((_resolve, reject) => {
        end = reject
      })
      return { finished, cancel: () => end(new Error('cancelled')) }
    },
  }
  const words = `noise-floor ${options}`.trim()
  return { ...carriedOut(words, { noiseFloors }, controller.signal), asked, controller }
}

const words = [
  'quick on cpu: 6.12 % (4.10 % – 7.55 %, 86 %)',
  '  95th percentile of |ratio − 1| over 40 comparisons of digits, onnxruntime-node fp32, batch 1 with itself, 2026-11-24T08:00:00.000Z',
  '  3 of 40 intervals excluded 1',
  '  This machine cannot resolve less than 6.1 %.',
].join('\n')

describe('enginebench noise-floor', () => {
  it('measures for quick runs on the CPU where nothing is named, and says what that means', async () => {
    const { code, results, notes, asked } = noiseFloor()
    expect(await code).toBe(0)
    expect(asked).toEqual([{ preset: 'quick', device: 'cpu', comparisons: 40 }])
    expect(notes).toEqual(['comparison 12 of 40 · 1 min 30 s left'])
    expect(results).toEqual([words])
  })

  it('measures what is named, and prints one JSON document', async () => {
    const options = '--preset standard --device cuda --comparisons 60 --json --progress none'
    const { code, results, notes, asked } = noiseFloor(options)
    expect(await code).toBe(0)
    expect(asked).toEqual([{ preset: 'standard', device: 'cuda', comparisons: 60 }])
    expect([notes, results.map((text) => JSON.parse(text))]).toEqual([[], [floor]])
  })

  it('lists what was measured, and measures nothing then', async () => {
    const some = noiseFloor('--list')
    const none = noiseFloor('--list', [])
    await Promise.all([some.code, none.code])
    expect([some.results, none.results]).toEqual([[words], ['No noise floor has been measured on this machine yet.']])
    expect([...some.asked, ...none.asked]).toEqual([])
  })

  it('refuses every fault at once', () => {
    expect(faultsOf('noise-floor --comparisons 39 --preset slow --device tpu')).toEqual([
      '--preset cannot be "slow". Choose quick, standard or rigorous.',
      '--device cannot be "tpu". Choose cpu, cuda, cuda:1, or the UUID of a GPU.',
      '--comparisons cannot be "39". Give a whole number from 40 to 1000.',
    ])
  })

  it('is cancelled by the first interruption', async () => {
    const { code, controller } = noiseFloor('', [floor], true)
    controller.abort()
    await expect(code).rejects.toThrow('cancelled')
  })
})
