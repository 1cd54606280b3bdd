import { describe, expect, it } from 'vitest'
import { isCopyOf } from '../../../shared/statistics/identical-pair.ts'

const onnx = { backend: 'onnxruntime', precision: 'fp16', options: { a: 1, b: 2 } } as const

describe('isCopyOf', () => {
  it('takes the same options in another order for the same', () => {
    expect(isCopyOf(onnx, { ...onnx, options: { b: 2, a: 1 } })).toBe(true)
    expect(isCopyOf(onnx, { ...onnx, options: { a: 1 } })).toBe(false)
  })

  it('tells planned cases of different artifacts apart', () => {
    expect(isCopyOf({ ...onnx, artifact: 'a' }, { ...onnx, artifact: 'a' })).toBe(true)
    expect(isCopyOf({ ...onnx, artifact: 'a' }, { ...onnx, artifact: 'b' })).toBe(false)
    expect(isCopyOf({ ...onnx, artifact: 'a' }, onnx)).toBe(false)
  })

  it('tells recorded cases apart by the file that ran', () => {
    const ran = (artifactSha256: string | null, artifact: object | null = null) => ({
      ...onnx,
      artifactSha256,
      artifact,
    })
    expect(isCopyOf(ran('a', { sha256: 'a' }), ran('a', { sha256: 'a' }))).toBe(true)
    expect(isCopyOf(ran('a'), ran('b'))).toBe(false)
    expect(isCopyOf(ran(null), ran(null))).toBe(true)
  })
})
