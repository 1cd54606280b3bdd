// A run's name: when it began in UTC, its model, and a few characters that tell two of one second apart.
// `20260102-030405-digits-k3f9`. Fits the key pattern of records.
export function newRunId(createdAt: Date, modelId: string, suffix: string): string {
  const stamp = createdAt.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${stamp}-${modelId.slice(0, 60)}-${suffix}`
}
