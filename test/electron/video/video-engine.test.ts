import { describe, expect, it } from 'vitest'
import { workerAnswering } from '../../../electron/backends/backend-driver.ts'
import { RunCase } from '../../../electron/runs/group/run-case.ts'
import { addPace, noPace, paceOf, VideoEngine } from '../../../electron/video/video-engine.ts'
import { BenchError, type BenchErrorCode } from '../../../shared/domain/bench-error.ts'
import type { WorkerCase } from '../../../shared/domain/worker-case.ts'
import type { RequestResult } from '../../../shared/worker-protocol/requests.ts'
import { exampleManifest } from '../../fakes/example-manifest.ts'

const { signal } = new AbortController()

function engineOf(batchSize = 2) {
  const runCase = new RunCase('onnxruntime-fp32', { backend: 'onnxruntime', precision: 'fp32', options: {} }, null)
  runCase.start()
  const life: string[] = []
  let clockMs = 0
  const worker = workerAnswering(
    {
      prepare: async () => ({
        ...{ loadMs: 1, threads: 1, versions: {} },
        precisionProof: { holds: true, label: 'fp32', method: 'test', evidence: [] },
        engineDeclaredBytes: { value: 1 },
      }),
      warmup: async () => {
        clockMs += 50
        return { startedAtNs: (clockMs - 50) * 1e6, endedAtNs: clockMs * 1e6, latenciesMs: [10, 10, 10, 10, 10] }
      },
      'measure-memory': async () => ({ allocatorPeakBytes: { value: 1 }, processPeakBytes: { value: 1 } }),
    },
    async () => void life.push('closed'),
  )
  const workerCase: WorkerCase = {
    ...{
      backend: 'onnxruntime',
      precision: 'fp32',
      model: exampleManifest(),
      modelFolder: '/m',
      onnxFile: '/m/a.onnx',
    },
    ...{ weights: { origin: 'own', folder: null, seed: 1 }, batchSize, device: 'cpu', threads: 1, options: {} },
    input: { file: '/i.npy', sha256: 'a', shape: [1, 3, 8, 8] },
  }
  const openWorker = async () => {
    life.push('opened')
    return worker
  }
  const warmup = { minimumIterations: 2, minimumMs: 1000, lookMs: 0, lookIterations: 0, capMs: 2000 }
  const parts = { runCase, workerCase, openWorker, visibleGpu: null, warmup, isCompared: true, log: () => {} }
  return { engine: new VideoEngine(parts), life }
}

function failure(code: BenchErrorCode): BenchError {
  return new BenchError({ code, stage: 'measure', message: 'It ended.', remedy: 'Try again.' })
}

describe('an engine of an analysis', () => {
  it('loads its worker once, however many files ask for it', async () => {
    const { engine, life } = engineOf()
    await engine.worker(signal)
    await engine.worker(signal)
    await engine.close()
    await engine.close()
    expect(life).toEqual(['opened', 'closed'])
    expect(engine.runCase.steadiness.map(({ verdict }) => verdict)).toEqual(['steady'])
  })

  it('goes on with a fresh worker after one that ended on a file, and fails when that keeps happening', async () => {
    const { engine, life } = engineOf()
    for (const isGoing of [true, true, false]) {
      await engine.worker(signal)
      await engine.failed(failure('worker-crashed'))
      expect(engine.runCase.isGoing).toBe(isGoing)
    }
    expect(life).toEqual(['opened', 'closed', 'opened', 'closed', 'opened', 'closed'])
    expect(engine.runCase.error?.code).toBe('worker-crashed')
  })

  it('fails at once where the engine itself cannot go on', async () => {
    const { engine } = engineOf()
    await engine.worker(signal)
    await engine.failed(failure('out-of-memory-host'))
    expect(engine.runCase.state).toBe('failed')
  })

  it('keeps full batches as samples, on the time of the analysis, and drops one that was filled up', () => {
    const { engine } = engineOf(4)
    const part: RequestResult<'analyze-video'> = {
      ...{ startedAtNs: 1500, endedAtNs: 2500, frames: 9, results: 9 },
      ...{ latenciesMs: [3, 4, 1], inferMs: [2, 3, 0.5], positionS: 1, framesSha256: null, isEnd: true, problem: null },
      stageMs: { decode: 1, preprocess: 1, infer: 5.5, postprocess: 0.3, write: 0.2 },
    }
    engine.keep(part, { round: 7, orderInRound: 1, startedAtNs: 1000 })
    engine.keep(
      { ...part, frames: 3, latenciesMs: [1], inferMs: [0.5] },
      { round: 8, orderInRound: 0, startedAtNs: 1000 },
    )
    const place = { launch: 0, round: 7, block: 0, orderInRound: 1, startedAtNs: 500, endedAtNs: 1500 }
    expect(engine.queryBlocks).toEqual([{ ...place, leadSamples: 0, flags: [], latenciesMs: [3, 4] }])
    expect(engine.inferBlocks).toEqual([{ ...place, leadSamples: 0, flags: [], latenciesMs: [2, 3] }])
  })
})

const stageMs = { decode: 10, preprocess: 5, infer: 30, postprocess: 3, write: 2 }

it('gives shares, frames a second and real time from the sum of the stages', () => {
  const twice = addPace(addPace(noPace, { frames: 2, videoS: 1, stageMs }), { frames: 3, videoS: 1.5, stageMs })
  expect(paceOf('a', twice)).toEqual({
    caseKey: 'a',
    frames: 5,
    videoS: 2.5,
    elapsedMs: 100,
    stageMs: { decode: 20, preprocess: 10, infer: 60, postprocess: 6, write: 4 },
    stageShares: { decode: 0.2, preprocess: 0.1, infer: 0.6, postprocess: 0.06, write: 0.04 },
    framesPerSecond: { value: 50, interval: null },
    realTimeFactor: { value: 25, interval: null },
  })
})

it('says why there is no pace before any frame, never 0', () => {
  expect(paceOf('a', noPace)).toMatchObject({
    stageShares: null,
    framesPerSecond: { value: null, reason: 'No frame was analysed.' },
    realTimeFactor: { value: null, reason: 'No frame was analysed.' },
  })
})
