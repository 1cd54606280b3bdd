// How far each running conversion is: its step, the builder's nested phases, and its last line. Changes at most once a
// message, ten times a second; read it by conversion so that only what shows that conversion is drawn again.
import { create } from 'zustand'
import type { BuildPhase, ConversionEvent, ConversionStepName } from '../../shared/domain/conversion.ts'

export interface ConversionProgress {
  readonly step: ConversionStepName | null
  /** 0..1 of the step; null when it cannot be told. */
  readonly fraction: number | null
  readonly text: string
  readonly phases: readonly BuildPhase[]
  /** Of the step. */
  readonly elapsedMs: number
  readonly lastLine: string | null
}

const nothingYet: ConversionProgress = {
  step: null,
  fraction: null,
  text: '',
  phases: [],
  elapsedMs: 0,
  lastLine: null,
}

type ByConversion = Readonly<Record<string, ConversionProgress>>

export const useConversionProgress = create<{ readonly byId: ByConversion }>(() => ({ byId: {} }))

export function useProgressOf(conversionId: string): ConversionProgress {
  return useConversionProgress(({ byId }) => byId[conversionId] ?? nothingYet)
}

/** Applies a whole message as one change. */
export function stepProgressed(events: readonly ConversionEvent[]): void {
  const changed: Record<string, ConversionProgress> = {}
  const known = useConversionProgress.getState().byId
  for (const event of events) {
    if (event.kind !== 'step-progressed' && event.kind !== 'logged') continue
    const { conversionId } = event
    const before = changed[conversionId] ?? known[conversionId] ?? nothingYet
    if (event.kind === 'logged') {
      const last = event.entries.at(-1)
      if (last) changed[conversionId] = { ...before, lastLine: last.text }
      continue
    }
    const { step, fraction, text, phases, elapsedMs } = event
    changed[conversionId] = { step, fraction, text, phases, elapsedMs, lastLine: before.lastLine }
  }
  if (Object.keys(changed).length > 0) useConversionProgress.setState({ byId: { ...known, ...changed } })
}

export function conversionEnded(conversionId: string): void {
  useConversionProgress.setState(({ byId }) => {
    const { [conversionId]: _ended, ...rest } = byId
    return { byId: rest }
  })
}
