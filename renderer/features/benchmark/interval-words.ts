// How wide an interval is, as `±1.9 %` of its figure: half its width, in words for the live columns.
import type { Figure } from '../../../shared/domain/figure.ts'
import type { LiveGroup } from '../../live/live-run.ts'

/** Half width over value; null where no interval can be given yet. */
export function relativeHalfWidth(figure: Figure): number | null {
  if (figure.value === null || figure.interval === null || figure.value === 0) return null
  return (figure.interval.high - figure.interval.low) / 2 / figure.value
}

export function halfWidthText(figure: Figure): string | null {
  const share = relativeHalfWidth(figure)
  return share === null ? null : `±${(share * 100).toFixed(1)} %`
}

export function widestInterval(group: LiveGroup): string | null {
  const widest = group.cases
    .map(({ p50Ms }) => p50Ms)
    .sort((a, b) => (relativeHalfWidth(b) ?? -1) - (relativeHalfWidth(a) ?? -1))[0]
  return widest ? halfWidthText(widest) : null
}
