// A conversion's name: when it was asked for in UTC, its model, and a few characters that tell two of one second apart.
// `20260102-030405-digits-k3f9`.
import { conversionIdSchema } from '../../shared/domain/conversion.ts'

export function newConversionId(createdAt: Date, modelId: string, suffix: string): string {
  const stamp = createdAt.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return conversionIdSchema.parse(`${stamp}-${modelId.slice(0, 60)}-${suffix}`)
}
