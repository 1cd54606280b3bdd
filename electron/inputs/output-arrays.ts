// Reads a worker's outputs in the manifest's order of names, so that workers whose libraries list them differently can
// still be compared. Refuses outputs that would not fit into memory, before it reads any.
import { stat } from 'node:fs/promises'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { OutputArray } from '../../shared/statistics/output-array.ts'
import { comparingShare, copiesWhileComparing } from '../../shared/worker-protocol/limits.ts'
import { gibibytes, memoryBytes } from './input-memory.ts'
import { readNumbers } from './npy.ts'

export interface WrittenOutput {
  readonly name: string
  readonly file: string
  readonly shapes?: readonly (readonly number[])[] | undefined
}

/** Throws BenchError `out-of-memory-host` or `input-mismatch`. */
export async function outputArrays(
  { outputs }: Pick<ModelManifest, 'outputs'>,
  written: readonly WrittenOutput[],
  availableBytes: number = memoryBytes(),
): Promise<readonly OutputArray[]> {
  await expectToFit(written, comparingShare * availableBytes)
  const ordered = [...written].sort((left, right) => outputs.indexOf(left.name) - outputs.indexOf(right.name))
  const arrays: OutputArray[] = []
  for (const { name, file, shapes } of ordered) {
    const { shape, data } = await readNumbers(file)
    arrays.push({ name, shape, ...(shapes && { shapes }), values: data })
  }
  return arrays
}

async function expectToFit(written: readonly WrittenOutput[], mostBytes: number): Promise<void> {
  const sizes = await Promise.all(written.map(async ({ file }) => (await stat(file)).size))
  const neededBytes = copiesWhileComparing * sizes.reduce((sum, size) => sum + size, 0)
  if (neededBytes <= mostBytes) return
  throw new BenchError({
    code: 'out-of-memory-host',
    stage: 'parity',
    message: `Comparing the outputs needs ${gibibytes(neededBytes)} of memory, and may take ${gibibytes(mostBytes)} on this machine.`,
    remedy: 'Use fewer images.',
  })
}
