import { it } from 'vitest'
import { type TextFormat, textFormats } from '../../shared/report/formats/index.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { printFigure } from './print-figure.ts'

/** Only the number of groups matters. */
function recordOf(groupCount: number) {
  const [group] = exampleRecord().groups
  if (group === undefined) throw new Error('The example has a group.')
  return exampleRecord({
    groups: Array.from({ length: groupCount }, (_, index) => ({
      ...group,
      groupKey: `digits-b${index + 1}`,
      batchSize: index + 1,
    })),
  })
}

function msOf(format: TextFormat, groupCount: number): number {
  const record = recordOf(groupCount)
  const startedAt = performance.now()
  textFormats[format].render({ record, runFolder: '/runs/one' })
  return performance.now() - startedAt
}

it('reports of ten thousand groups', () => {
  for (const format of Object.keys(textFormats) as TextFormat[]) {
    msOf(format, 100)
    const few = msOf(format, 1_000)
    const many = msOf(format, 10_000)
    printFigure({ name: `${format} report of 10,000 groups`, value: many, unit: 'ms', target: 5_000 })
    printFigure({
      name: `${format} report, 10,000 groups over 1,000`,
      value: many / few,
      unit: '×',
      target: null,
      detail: '10 × is linear',
    })
  }
})
