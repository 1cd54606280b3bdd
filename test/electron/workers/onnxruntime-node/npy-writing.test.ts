import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFloat32 } from '../../../../electron/inputs/npy.ts'
import { writeFloat32 } from '../../../../electron/workers/onnxruntime-node/npy-writing.ts'
import { temporaryFolder } from '../../../fakes/temporary-folder.ts'

const folder = temporaryFolder()

describe('writing an array', () => {
  it.each([[[6]], [[2, 3]], [[1, 3, 1, 2]]])('of shape %j can be read back', async (shape) => {
    const file = join(folder, `${shape.join('x')}.npy`)
    const values = Float32Array.from([1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 1e-40])
    const sha256 = await writeFloat32(file, shape, values)
    expect(await readFloat32(file)).toEqual({ shape, data: values })
    expect(sha256).toBe(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    )
  })

  it('puts the data where a mapping can begin', async () => {
    const file = join(folder, 'aligned.npy')
    await writeFloat32(file, [1], Float32Array.from([7]))
    expect((await readFile(file)).length % 64).toBe(4)
  })
})
