// Every architecture through the whole pipeline to an engine, small: two images for calibration, batches of 1 and 2.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Services } from '../../electron/services.ts'
import type { Precision } from '../../shared/domain/precision.ts'
import {
  conversionServices,
  converted,
  recipeFor,
  resultOf,
  testBuilder,
  testMain,
  testYolo,
} from '../fakes/conversion-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const home = temporaryFolder()
let services: Services

beforeAll(async () => {
  if (testMain === null) return
  services = await conversionServices(home, { main: testMain, tensorrt: testBuilder, yolo: testYolo })
}, 120_000)

afterAll(() => services?.conversions.shutdown())

/**
 * Each architecture, and each precision that the short run leaves out. The tests of the Python worker that are marked
 * `models` build every architecture in FP32, FP16 and INT8.
 */
const wanted: readonly (readonly [string, Precision, 'fp32' | 'fp16'])[] = [
  ['clip-vit-b32', 'int8', 'fp16'],
  ['detr-resnet-50', 'int8', 'fp32'],
  ['detr-resnet-50', 'tf32', 'fp32'],
  ['yolos-tiny', 'fp16', 'fp32'],
  ...(testYolo === null ? [] : ([['yolo11n', 'bf16', 'fp32']] as const)),
]

/** With real weights, so parity says something: FP16 passes; what INT8 costs is told. */
describe.runIf(testMain !== null)('converting EfficientNet-Lite0 with its ImageNet weights', () => {
  it.each([
    ['fp16', 'pass'],
    ['int8', 'fail'],
  ] as const)(
    'to %s is a %s',
    async (precision, verdict) => {
      const record = await converted(services, await recipeFor(services, 'efficientnet-lite0', 'onnx', precision))
      expect(record).toMatchObject({ state: 'completed', error: null })
      const result = await resultOf(services, record)
      expect(result).toMatchObject({
        weights: 'package',
        exporter: { name: 'torchscript', refused: [], choiceCount: 0 },
        parity: { verdict, decidedBy: expect.any(String) },
      })
      for (const { figures } of result.parity.byBatchSize) {
        expect(figures).toMatchObject({ top1Agreement: expect.any(Number), top5Agreement: expect.any(Number) })
      }
    },
    900_000,
  )
})

describe.runIf(testMain !== null && testBuilder !== null)('building everything for real', () => {
  it.each(wanted)(
    'takes %s from PyTorch to an engine in %s with %s elsewhere',
    async (model, precision, elsewhere) => {
      const recipe = await recipeFor(services, model, 'tensorrt', precision, elsewhere)
      const calibration = recipe.calibration === null ? null : { ...recipe.calibration, imageLimit: 2 }
      const record = await converted(services, { ...recipe, calibration, batch: { min: 1, opt: 2, max: 2 } })
      expect(record).toMatchObject({ state: 'completed', error: null })
      expect(await resultOf(services, record)).toMatchObject({
        kind: 'tensorrt-rtx-engine',
        precision,
        precisionProof: { holds: true },
        weights: 'seeded',
        parity: {
          verdict: 'not-judged',
          // ONNX Runtime cannot run BF16 on a CPU, so nothing is compared.
          byBatchSize: precision === 'bf16' ? [] : [{ batchSize: 2 }, { batchSize: 1 }],
        },
      })
    },
    900_000,
  )
})
