// The batches that queries rotate over, built before any clock is read. Batch i starts at image i × size and wraps to
// the first images when it reaches the end, so that every image is used and each batch is full.

export interface InputBatches {
  readonly shape: readonly number[]
  /** Views of the array where a batch is contiguous; only one that wraps is a copy. */
  readonly batches: readonly Float32Array[]
}

export function inputBatches(shape: readonly number[], values: Float32Array, batchSize: number): InputBatches {
  const [imageCount = 0, ...imageShape] = shape
  const imageLength = imageShape.reduce((product, size) => product * size, 1)
  const batches: Float32Array[] = []
  for (let first = 0; first < imageCount; first += batchSize) {
    const end = first + batchSize
    batches.push(
      end <= imageCount
        ? values.subarray(first * imageLength, end * imageLength)
        : wrappedBatch(values, first, batchSize, imageCount, imageLength),
    )
  }
  return { shape: [batchSize, ...imageShape], batches }
}

function wrappedBatch(
  values: Float32Array,
  first: number,
  batchSize: number,
  imageCount: number,
  imageLength: number,
): Float32Array {
  const batch = new Float32Array(batchSize * imageLength)
  for (let index = 0; index < batchSize; index++) {
    const image = (first + index) % imageCount
    batch.set(values.subarray(image * imageLength, (image + 1) * imageLength), index * imageLength)
  }
  return batch
}
