// Every pass, in the order in which they run. A later one may read what an earlier one found (`limits` the time split
// and the layers).
import { missing } from '../../../shared/domain/figure.ts'
import type { Passes } from '../../../shared/domain/passes.ts'
import type { PassResults } from '../../../shared/domain/run.ts'
import type { CasePass } from './case-pass.ts'
import { coldStartPass } from './cold-start-pass.ts'
import { energyPass } from './energy-pass.ts'
import { layersPass } from './layers-pass.ts'
import { limitsPass } from './limits-pass.ts'
import { offlinePass } from './offline-pass.ts'
import { serverPass } from './server-pass.ts'
import { timeSplitPass } from './time-split-pass.ts'

const passTable: readonly CasePass[] = [
  coldStartPass,
  energyPass,
  timeSplitPass,
  layersPass,
  offlinePass,
  serverPass,
  limitsPass,
]

export function askedPasses(passes: Passes): readonly CasePass[] {
  return passTable.filter((pass) => pass.isAsked(passes))
}

/** In the place of every pass that was asked for, until it is measured. */
const cutShort = 'The run ended before it was measured.'

export function awaitedPasses(passes: Passes): PassResults {
  return noneMeasured(passes, cutShort)
}

/** Whether a run ended before a pass of the case that it asked for. */
export function hasCutShortPass(results: PassResults): boolean {
  return passTable.some(({ field }) => {
    const found = results[field]
    return found !== undefined && 'notMeasured' in found && found.notMeasured === cutShort
  })
}

/** What stands in the place of one pass that was not done. */
export function notMeasured({ field }: Pick<CasePass, 'field'>, sentence: string): PassResults {
  const results: PassResults = { [field]: { notMeasured: sentence } }
  return field === 'energy' ? { ...results, energyJoulesPerImage: missing(sentence) } : results
}

/** The same for all that were asked for. */
export function noneMeasured(passes: Passes, sentence: string): PassResults {
  return Object.assign({}, ...askedPasses(passes).map((pass) => notMeasured(pass, sentence)))
}
