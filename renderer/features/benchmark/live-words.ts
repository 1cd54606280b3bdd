// What the race says of itself: which round, how the candidates take turns, and which pass goes on after the rounds.
import type { Stage } from '../../../shared/domain/bench-error.ts'
import { caseName } from '../../../shared/report/case-name.ts'
import { countText } from '../../../shared/report/figure-text.ts'
import type { LiveGroup, LiveRun } from '../../live/live-run.ts'

/** Passes beside the rounds, one case at a time. */
const passNames: Partial<Record<Stage, string>> = {
  'cold-start': 'Cold start',
  energy: 'Energy',
  'time-split': 'Time split',
  layers: 'Layers',
  serve: 'Serving',
  limits: 'Limits',
}

/** The pass going on: its name and its case; null while rounds, loading or anything else does. */
export function passOf({ stage }: LiveRun, group: LiveGroup | null): { name: string; caseKey: string | null } | null {
  const name = stage && passNames[stage.stage]
  if (!name) return null
  const found = group?.cases.some(({ caseKey }) => caseKey === stage.caseKey)
  return { name, caseKey: found ? stage.caseKey : null }
}

export function liveStatement(run: LiveRun, group: LiveGroup | null): string {
  if (!group) return 'Starting.'
  const pass = passOf(run, group)
  if (pass) {
    const at = group.cases.find(({ caseKey }) => caseKey === pass.caseKey)
    return at ? `${pass.name} of ${caseName(at)}.` : `${pass.name}.`
  }
  const rounds = group.launches * group.rounds
  if (group.roundsDone === 0)
    return run.stage?.stage === 'measure' ? `Round 1 of ${rounds}.` : 'Getting ready to measure.'
  if (group.roundsDone < rounds) return `Round ${group.roundsDone + 1} of ${rounds}.`
  const added = group.roundsDone - rounds
  if (added === 0) return `All ${rounds} rounds are done.`
  return `All ${rounds} rounds are done, and ${added} added for narrower intervals.`
}

export function liveAside(run: LiveRun, group: LiveGroup): string {
  if (passOf(run, group)) return 'Measured beside the rounds: each candidate alone, in a fresh process.'
  const running = group.cases.filter(({ state }) => state !== 'failed' && state !== 'skipped').length
  if (running === 1) return 'One candidate runs alone.'
  return `${running} candidates take turns, one at a time, in a new order each round.`
}

export function keptWords(run: LiveRun): string {
  const rounds = run.groups.reduce((sum, group) => sum + group.roundsDone, 0)
  return rounds === 1 ? '1 round' : `${countText(rounds)} rounds`
}
