// What the passes of a case found, in a few words each; the record and the report hold more.
import { type Figure, isMeasured, type NotMeasured } from '../../shared/domain/figure.ts'
import type { CaseRecord } from '../../shared/domain/run.ts'
import { notMlperf } from '../../shared/domain/serving.ts'
import { figureText, numberText } from './figure-text.ts'

type Pass = readonly [name: string, text: string]

/** One line a pass that the plan asked for. */
export function passLines(record: CaseRecord): readonly string[] {
  const passes: readonly (Pass | null)[] = [
    told('cold start', record.coldStart, ({ toFirstAnswerMs, launches }) => {
      return `${reasoned(toFirstAnswerMs, 'ms')} to the first answer, median of ${launches.length} processes`
    }),
    told('energy', record.energy, ({ netJoulesPerImage, averageWatts, boundary }) => {
      const net = isMeasured(netJoulesPerImage) ? `, ${figureText(netJoulesPerImage, 'J')} above idle` : ''
      const gross = reasoned(record.energyJoulesPerImage, 'J')
      return `${gross} an image${net}, at ${numberText(averageWatts)} W (${boundary})`
    }),
    told('time split', record.timeSplit, ({ parts }) => {
      const known = parts.flatMap(({ part, clock, medianMs }) =>
        medianMs === null ? [] : [`${part} ${numberText(medianMs)} ms${clock === 'device' ? ' (device)' : ''}`],
      )
      return known.length === 0 ? 'no part could be told apart' : known.join(', ')
    }),
    told('layers', record.layerTimes, ({ layers, otherLayers }) => {
      const [costliest] = layers
      const count = `${layers.length + otherLayers} layers`
      return costliest === undefined
        ? count
        : `${count}, the costliest ${costliest.operator} «${costliest.name}» ${numberText(costliest.timeMs)} ms`
    }),
    told('offline', record.offline, ({ images, imagesPerSecond }) => {
      return `${numberText(imagesPerSecond)} images/s over ${images} images (${notMlperf})`
    }),
    told('server', record.server, ({ request, highestRatePerSecond: highest }) => {
      const bound = `p${request.percentile} within ${request.latencyBoundMs} ms`
      const rate = isMeasured(highest) ? `up to ${numberText(highest.value)} queries/s with ${bound}` : highest.reason
      return `${rate} (${notMlperf})`
    }),
    told('limits', record.limits, ({ reason }) => reason),
  ]
  return passes.flatMap((pass) => (pass === null ? [] : [`${record.caseKey}: ${pass[0]}: ${pass[1]}`]))
}

/** Null where the plan did not ask for it. */
function told<Result extends object>(
  name: string,
  pass: Result | undefined,
  text: (measured: Exclude<Result, NotMeasured>) => string,
): Pass | null {
  if (pass === undefined) return null
  return [name, isDone(pass) ? text(pass) : `not measured: ${'notMeasured' in pass ? pass.notMeasured : ''}`]
}

function isDone<Result extends object>(pass: Result): pass is Exclude<Result, NotMeasured> {
  return !('notMeasured' in pass)
}

function reasoned(figure: Figure, unit: string): string {
  return isMeasured(figure) ? figureText(figure, unit) : `not measured: ${figure.reason}`
}
