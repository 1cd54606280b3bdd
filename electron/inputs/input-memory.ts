// Refuses images that would not fit into memory or onto the disk once they are prepared, before anything is allocated or
// written. Sizes in bytes.
import { totalmem } from 'node:os'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { copiesWhilePreparing } from '../../shared/worker-protocol/limits.ts'
import { expectRoom } from '../store/free-space.ts'

interface ImageShape {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Of this machine, or of the control group that this process is in. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** @param folder where the array is written. Throws BenchError `input-mismatch` or `disk-full`. */
export async function expectToFit(
  shape: ImageShape,
  count: number,
  folder: string,
  availableBytes: number = memoryBytes(),
): Promise<void> {
  const { channels, height, width } = shape
  const imageBytes = channels * height * width * Float32Array.BYTES_PER_ELEMENT
  if (imageBytes * copiesWhilePreparing > availableBytes) {
    throw new BenchError({
      code: 'input-mismatch',
      stage: 'inputs',
      message: `Preparing one image of ${channels} × ${height} × ${width} needs ${gibibytes(imageBytes * copiesWhilePreparing)} of memory, and this machine has ${gibibytes(availableBytes)}.`,
      remedy: 'Export the model for a smaller input, or choose a smaller input size.',
    })
  }
  await expectRoom(folder, imageBytes * count, 'inputs')
}

export function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`
}
