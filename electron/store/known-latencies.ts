// What earlier runs say of how long a query takes: the latest completed median of each case, by group and case. Reads
// the few latest records of the model in the runs folder, found by their names, so that no index is needed. A record
// that cannot be read tells nothing, and neither does a simulated run.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMeasured } from '../../shared/domain/figure.ts'
import type { KnownLatencyMs } from '../../shared/planning/estimate-plan.ts'
import { readRecord } from './run-folder.ts'

const recordsRead = 8

export async function knownLatencies(runsFolder: string, modelId: string): Promise<KnownLatencyMs> {
  const names = await readdir(runsFolder).catch(() => [])
  const latestFirst = names
    .filter((name) => name.includes(`-${modelId}-`))
    .sort()
    .reverse()
  const known = new Map<string, number>()
  for (const name of latestFirst.slice(0, recordsRead)) {
    const record = await readRecord(join(runsFolder, name)).catch(() => null)
    if (record === null || record.simulated) continue
    for (const { groupKey, cases } of record.groups) {
      for (const { caseKey, state, latencyMs } of cases) {
        const key = `${groupKey}/${caseKey}`
        if (state === 'completed' && isMeasured(latencyMs.p50) && !known.has(key)) known.set(key, latencyMs.p50.value)
      }
    }
  }
  return (groupKey, caseKey) => known.get(`${groupKey}/${caseKey}`) ?? null
}
