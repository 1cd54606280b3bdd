// Moves labels apart so that none covers another, each as near to its own place as that allows.
export function spreadApart(wanted: readonly number[], gap: number, from: number, to: number): readonly number[] {
  const order = wanted.map((_, index) => index).sort((left, right) => (wanted[left] ?? 0) - (wanted[right] ?? 0))
  const placed = [...wanted]
  let least = from
  for (const index of order) {
    placed[index] = Math.max(least, wanted[index] ?? 0)
    least = (placed[index] ?? 0) + gap
  }
  let most = to
  for (const index of order.reverse()) {
    placed[index] = Math.min(most, placed[index] ?? 0)
    most = (placed[index] ?? 0) - gap
  }
  return placed
}
