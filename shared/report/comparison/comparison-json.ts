// A comparison as data, for programs.
import { visibleText } from '../../domain/visible-text.ts'
import { regressionOf } from '../../statistics/compare-runs.ts'
import type { ComparisonFormat } from './comparison-format.ts'
import { comparisonHeadline, gateAnswer, measuredRows, rowName } from './comparison-words.ts'
import { runDifferences } from './run-differences.ts'

export const comparisonJson: ComparisonFormat = ({ comparison, gate }) => {
  const { runs, baseline, obstacles, margins, rows } = comparison
  const document = {
    baseline: runs[baseline]?.runId ?? null,
    statement: comparisonHeadline(comparison).statement,
    gate: gate && { ...gate, answer: gateAnswer(comparison, gate.limit, gate.figures).answer },
    runs: runs.map(({ runId, createdAt, modelName, plan, protocol, simulated }, index) => ({
      ...{ runId, createdAt, modelName, preset: plan.preset, protocol: protocol ?? 1, simulated },
      ...{ noVerdict: obstacles[index] ?? null, margin: margins[index] ?? null },
    })),
    differences: runDifferences(comparison),
    cases: rows.map((row) => ({
      ...{ key: row.key, name: rowName(row), batchSize: row.batchSize },
      figures: measuredRows(row).map(({ name, values, changes }) => ({
        ...{ name, values },
        changes: changes.map((change, run) => {
          if (change === null) return null
          const regression = gate?.figures.includes(name) ? regressionOf(change, gate.limit) : null
          return { runId: runs[run]?.runId ?? null, ...change, ...(regression !== null && { regression }) }
        }),
      })),
    })),
  }
  return visibleText(JSON.stringify(document, null, 2))
}
