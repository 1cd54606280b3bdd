// JUnit XML, which build servers show: a suite for each compared run, a test for each figure of each case. A regression
// fails, and what cannot be told is skipped, with its reason.
import { create } from 'xmlbuilder'
import { visibleText } from '../../domain/visible-text.ts'
import { regressionOf } from '../../statistics/compare-runs.ts'
import { marginText } from '../verdict-words.ts'
import type { ComparisonFormat, ComparisonInput } from './comparison-format.ts'
import { changeWords, comparedFigureWords, type PlacedChange, placedChanges, rowName } from './comparison-words.ts'

type Outcome = 'passed' | 'failure' | 'skipped'

export const comparisonJunit: ComparisonFormat = ({ comparison, gate }) => {
  const changes = placedChanges(comparison).filter(
    ({ name, row, run }) => row.entries[run] !== null && (gate === null || gate.figures.includes(name)),
  )
  const told = changes.filter(({ change }) => change.ratio !== null || gate !== null)
  const outcomes = told.map((placed) => ({ placed, outcome: outcomeOf(placed, gate) }))
  const root = create('testsuites', { encoding: 'UTF-8', invalidCharReplacement: '\ufffd' })
  root.att({ name: 'enginebench compare', ...countsOf(outcomes) })
  for (const [index, run] of comparison.runs.entries()) {
    const own = outcomes.filter(({ placed }) => placed.run === index)
    if (index === comparison.baseline) continue
    const suite = root.ele('testsuite', { name: run.runId, timestamp: run.createdAt.slice(0, 19), ...countsOf(own) })
    for (const { placed, outcome } of own) {
      const { row, name, change, margin } = placed
      const words = changeWords(name, change, margin)
      const test = suite.ele('testcase', {
        classname: visibleText(run.modelName),
        name: `${rowName(row)}, ${comparedFigureWords[name].title}`,
      })
      if (outcome === 'failure') test.ele('failure', { type: 'regression', message: failureMessage(words, gate) })
      else if (outcome === 'skipped') test.ele('skipped', { message: words })
      else test.ele('system-out', words)
    }
  }
  return root.end({ pretty: true })
}

/** Without a limit, any figure that got worse fails. */
function outcomeOf({ change }: PlacedChange, gate: ComparisonInput['gate']): Outcome {
  if (gate === null) {
    if (change.verdict === 'worse') return 'failure'
    return change.verdict === null || change.verdict === 'undecided' ? 'skipped' : 'passed'
  }
  const answer = regressionOf(change, gate.limit)
  if (answer === 'regression') return 'failure'
  return answer === 'none' ? 'passed' : 'skipped'
}

function failureMessage(words: string, gate: ComparisonInput['gate']): string {
  return gate === null ? words : `${words}; the limit is ${marginText(gate.limit)}`
}

function countsOf(outcomes: readonly { readonly outcome: Outcome }[]) {
  const count = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).length
  return { tests: outcomes.length, failures: count('failure'), errors: 0, skipped: count('skipped') }
}
