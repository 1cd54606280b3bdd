import { expect, it } from 'vitest'
import { addPace, noPace, paceOf } from '../../../electron/video/engine-pace.ts'

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
