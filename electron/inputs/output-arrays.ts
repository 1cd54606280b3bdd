// Reads a worker's outputs in the manifest's order of names, so that workers whose libraries list them differently can
// still be compared.
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { OutputArray } from '../../shared/statistics/output-array.ts'
import { readFloat32 } from './npy.ts'

export interface WrittenOutput {
  readonly name: string
  readonly file: string
}

export async function outputArrays(
  { outputs }: Pick<ModelManifest, 'outputs'>,
  written: readonly WrittenOutput[],
): Promise<readonly OutputArray[]> {
  const ordered = [...written].sort((left, right) => outputs.indexOf(left.name) - outputs.indexOf(right.name))
  const arrays: OutputArray[] = []
  for (const { name, file } of ordered) {
    const { shape, data } = await readFloat32(file)
    arrays.push({ name, shape, values: data })
  }
  return arrays
}
