// Where throughput stops growing with the batch: the point of the curve farthest above the straight line between its
// ends, batch on a logarithmic axis (Satopää's Kneedle, without its smoothing). A batch that is slower than a smaller
// one counts with the smaller one's throughput. Images per second.

export interface ThroughputPoint {
  readonly batchSize: number
  readonly imagesPerSecond: number
}

export interface Knee {
  readonly batchSize: number
  readonly reason: string
}

/** With a smaller gain over all batches there is no knee. */
const leastGain = 0.05
/** Share of the range from smallest to largest throughput: how far above the line a point must be. */
const leastBend = 0.1

/** Null with fewer than three batches: two points are always on a line. */
export function findKnee(points: readonly ThroughputPoint[]): Knee | null {
  const ascending = [...points].sort((left, right) => left.batchSize - right.batchSize)
  const [first] = ascending
  const last = ascending.at(-1)
  if (first === undefined || last === undefined || ascending.length < 3) return null
  const fastest = ascending.reduce((best, point) => (point.imagesPerSecond > best.imagesPerSecond ? point : best))
  const gain = fastest.imagesPerSecond / first.imagesPerSecond - 1
  if (gain < leastGain) {
    return {
      batchSize: first.batchSize,
      reason: `no batch up to ${last.batchSize} gives ${percent(leastGain)} more throughput than batch ${first.batchSize}`,
    }
  }
  const octaves = Math.log2(last.batchSize / first.batchSize)
  let reached = 0
  const bends = ascending.map((point) => {
    reached = Math.max(reached, point.imagesPerSecond)
    const alongY = (reached - first.imagesPerSecond) / (fastest.imagesPerSecond - first.imagesPerSecond)
    const alongX = Math.log2(point.batchSize / first.batchSize) / octaves
    return { point, bend: alongY - alongX }
  })
  const knee = bends.reduce((best, each) => (each.bend > best.bend ? each : best))
  if (knee.bend >= leastBend) {
    const { batchSize, imagesPerSecond } = knee.point
    if (knee.point === fastest)
      return { batchSize, reason: 'it has the highest throughput; a larger batch gains nothing' }
    const share = percent(imagesPerSecond / fastest.imagesPerSecond)
    return { batchSize, reason: `it reaches ${share} of the highest throughput, that of batch ${fastest.batchSize}` }
  }
  return fastest === last
    ? { batchSize: last.batchSize, reason: 'no knee: still growing at the largest batch' }
    : { batchSize: fastest.batchSize, reason: 'no knee before it: throughput grows up to this batch and not beyond' }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
