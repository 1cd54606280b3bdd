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

/** Processor time, which other programs change less. */
function processorMsOf(format: TextFormat, groupCount: number): number {
  const record = recordOf(groupCount)
  const before = process.cpuUsage()
  textFormats[format].render({ record, runFolder: '/runs/one' })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

it('reports of ten thousand groups', () => {
  for (const format of Object.keys(textFormats) as TextFormat[]) {
    processorMsOf(format, 100)
    const few = processorMsOf(format, 1_000)
    const many = processorMsOf(format, 10_000)
    printFigure({
      name: `${format} report of 10,000 groups`,
      value: many,
      unit: 'ms',
      target: 5_000,
      detail: 'processor time',
    })
    printFigure({
      name: `${format} report, 10,000 groups over 1,000`,
      value: many / few,
      unit: '×',
      target: null,
      detail: '10 × is linear',
    })
  }
})
