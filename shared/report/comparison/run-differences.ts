// What differs between runs besides their figures: the machine, its settings and software, how they were measured, and
// the files that ran. Each by its name, with one value for each run.
import { deviceWords } from '../../domain/device.ts'
import type { RunRecord } from '../../domain/run.ts'
import type { RunComparison } from '../../statistics/compare-runs.ts'
import { rangeOf } from '../../statistics/descriptive.ts'
import { fingerprintDifferences } from '../machine-settings.ts'
import { launchesText, protocolOf } from '../verdict-words.ts'
import { rowName } from './comparison-words.ts'

export interface RunDifference {
  readonly what: string
  /** In the order of the runs. */
  readonly values: readonly string[]
}

export function runDifferences({ runs, rows }: Pick<RunComparison, 'runs' | 'rows'>): readonly RunDifference[] {
  const measured = runs.map(measuringFacts)
  const names = measured[0]?.map(([name]) => name) ?? []
  const files = rows.map((row) => ({
    what: `file of ${rowName(row)}`,
    values: row.entries.map((entry) => entry?.artifactSha256?.slice(0, 8) ?? 'none'),
    isInAll: row.entries.every((entry) => entry?.artifactSha256 != null),
  }))
  return [
    ...fingerprintDifferences(runs.map(({ fingerprint }) => fingerprint)),
    ...[
      ...names.map((what, index) => ({ what, values: measured.map((facts) => facts[index]?.[1] ?? '') })),
      ...files.filter(({ isInAll }) => isInAll).map(({ what, values }) => ({ what, values })),
    ].filter(({ values }) => new Set(values).size > 1),
  ]
}

function measuringFacts(record: RunRecord): readonly (readonly [name: string, value: string])[] {
  const { plan, images, groups, fingerprint, simulated, modelName } = record
  const launches = rangeOf(groups.map((group) => group.launches?.length ?? 0))
  const weights = [...new Set(groups.flatMap(({ cases }) => cases.map((entry) => entry.weights ?? 'none')))]
  return [
    ['model', modelName],
    ['measuring protocol', String(protocolOf(record))],
    ['preset', plan.preset],
    ['launches', groups.length === 0 ? 'none' : rangeWords(launches.least, launches.most)],
    ['device', deviceWords(plan.device, fingerprint.machine.gpus)],
    ['threads', String(plan.threads)],
    ['weights', weights.join(', ') || 'none'],
    ['images', `${images.used} (${images.source})`],
    ['simulated', simulated ? 'yes' : 'no'],
  ]
}

function rangeWords(least: number, most: number): string {
  return least === most ? launchesText(least) : `${least} to ${launchesText(most)}`
}

/** Why a run gets no verdict, with what differs; null for the others. */
export function obstacleBanner(comparison: RunComparison, run: number): string | null {
  const obstacle = comparison.obstacles[run] ?? null
  const [before, after] = [comparison.runs[comparison.baseline], comparison.runs[run]]
  if (obstacle === null || before === undefined || after === undefined) return null
  const differences = runDifferences({ runs: [before, after], rows: [] })
  const named = differences.map(({ what, values }) => `${what} (${values.join(' / ')})`)
  const told = named.length === 0 ? '' : ` What differs: ${named.join(', ')}.`
  return `${after.runId}: no verdict, ${obstacle}.${told}`
}
