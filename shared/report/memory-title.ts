// What the memory column is: on a CPU the worker's resident set, never GPU memory.
import type { GroupRecord } from '../domain/run.ts'

export function memoryTitle({ device }: Pick<GroupRecord, 'device'>): string {
  return device === 'cpu' ? 'process memory (RSS)' : 'GPU memory'
}
