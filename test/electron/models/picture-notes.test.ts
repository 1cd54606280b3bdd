import { describe, expect, it } from 'vitest'
import { pictureNotes, preprocessingOf } from '../../../electron/models/picture-notes.ts'

const stated = (metadata: Record<string, string>) => preprocessingOf(pictureNotes(metadata), 3, 'float32')
const processor = (config: object) => ({ 'preprocessor_config.json': JSON.stringify(config) })

describe('the preprocessing of a user’s file', () => {
  it('is that of Transformers beside it', () => {
    const config = {
      ...{ size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 }, do_center_crop: true, resample: 3 },
      ...{ image_mean: [0.48, 0.45, 0.4], image_std: [0.26, 0.26, 0.27] },
    }
    expect(pictureNotes(processor(config))).toMatchObject({ height: 224, width: 224 })
    expect(stated(processor(config))).toEqual({
      preprocessing: {
        ...{ resize: 'shortest-edge', interpolation: 'bicubic', centerCrop: true, padValue: 0, rescale: 1 / 255 },
        ...{ mean: [0.48, 0.45, 0.4], standardDeviation: [0.26, 0.26, 0.27] },
      },
      sentence:
        "Pictures are fed as RGB, 0 to 1, mean 0.48, 0.45, 0.4 and deviation 0.26, 0.26, 0.27, cropped to the input's size, as preprocessor_config.json says.",
    })
  })

  it('is that of OpenVINO’s notes, in units of pixels', () => {
    const metadata = { 'model_info mean_values': '123.7 116.3 103.5', 'model_info scale_values': '58.4' }
    expect(stated(metadata).preprocessing).toMatchObject({
      ...{ rescale: 1, mean: [123.7, 116.3, 103.5], standardDeviation: [58.4, 58.4, 58.4] },
    })
  })

  it('is the simplest where nothing, or nothing that can be read, states one', () => {
    const simplest = { resize: 'exact', rescale: 1 / 255, mean: [0, 0, 0], standardDeviation: [1, 1, 1] }
    for (const metadata of [{}, { imgsz: 'large', stride: '32' }, { 'preprocessor_config.json': '{' }])
      expect(stated(metadata).preprocessing).toMatchObject(simplest)
  })
})
