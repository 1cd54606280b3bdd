// Predicts a batch's memory from smaller ones: a model's memory grows linearly with its batch, on top of what the
// weights and the library take. Bytes.

export interface KnownMemory {
  readonly batchSize: number
  readonly bytes: number
}

/** A tenth of the free memory is left to everything else. */
const usableShare = 0.9

/** Line through the two largest known batches; null with fewer than two. Never less than the memory of the largest. */
export function predictMemoryBytes(known: readonly KnownMemory[], batchSize: number): number | null {
  const ascending = [...known].sort((left, right) => left.batchSize - right.batchSize)
  const [below, above] = ascending.slice(-2)
  if (below === undefined || above === undefined || below.batchSize === above.batchSize) return null
  const bytesPerImage = (above.bytes - below.bytes) / (above.batchSize - below.batchSize)
  return Math.round(above.bytes + Math.max(0, bytesPerImage) * (batchSize - above.batchSize))
}

export function fitsIn(predictedBytes: number, freeBytes: number): boolean {
  return predictedBytes <= usableShare * freeBytes
}
