// Reads machine.ndjson: the machine during a run, once a second. A line cut off by a crash is left out; a missing file
// means that nothing was sampled. Written by run-writer.ts.
import { readFile } from 'node:fs/promises'
import { type MachinePoint, machinePointSchema } from '../../shared/ipc/contract.ts'
import { errorCode } from './write-failure.ts'

export async function readMachineLines(file: string): Promise<MachinePoint[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap(parsePoint)
}

function parsePoint(line: string): MachinePoint[] {
  try {
    const point = machinePointSchema.safeParse(JSON.parse(line))
    return point.success ? [point.data] : []
  } catch {
    return []
  }
}
