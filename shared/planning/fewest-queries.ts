// How many queries a percentile needs before it is given: so many that two of them or more lie above it with 99 %
// certainty. 64 for p90, 130 for p95, 662 for p99: the floors of the latencies of the rounds, for any percentile. Pure.

const risk = 0.01

/** @param percentile 50…99.9. */
export function fewestQueries(percentile: number): number {
  const share = percentile / 100
  let low = 1
  let high = 2
  while (atMostOneAbove(high, share) > risk) high *= 2
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (atMostOneAbove(middle, share) > risk) low = middle + 1
    else high = middle
  }
  return low
}

/** That at most one of `count` independent queries lies above the percentile. */
function atMostOneAbove(count: number, share: number): number {
  return share ** count + count * (1 - share) * share ** (count - 1)
}
