// The schema files are written from the code: `npx vitest run test/shared/report/record-schema.test.ts --update`.
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { jsonFormat } from '../../../shared/report/formats/json.ts'
import { publishedSchemas } from '../../../shared/report/record-schema.ts'
import { everyPassRun } from '../../fixtures/every-pass.ts'
import { completedRun, digitsRun, failedCaseRun, seededRun, simulatedRun } from '../../fixtures/record.ts'

const schemas = publishedSchemas()
const ajv = new Ajv2020({ strict: true, allErrors: true })
const isRecord = ajv.compile(schemas['run-record'])
const isExport = ajv.compile(schemas.benchmark_results)

describe('the published schemas', () => {
  it.each(Object.entries(schemas))('are in docs/schema as the code has them (%s)', async (name, schema) => {
    const file = `../../../docs/schema/${name}.schema.json`
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(file)
  })

  it.each([completedRun, failedCaseRun, seededRun, simulatedRun, digitsRun, everyPassRun])('hold for %o', (fixture) => {
    const { record } = fixture()
    const exported: unknown = JSON.parse(jsonFormat.render({ record, runFolder: '/runs/one' }))
    expect(isRecord(JSON.parse(JSON.stringify(record))), ajv.errorsText(isRecord.errors)).toBe(true)
    expect(isExport(exported), ajv.errorsText(isExport.errors)).toBe(true)
  })

  it('reject a figure that is missing without a reason', () => {
    const { record } = completedRun()
    const broken = JSON.parse(JSON.stringify(record))
    broken.groups[0].cases[0].latencyMs.p99 = { value: null }
    expect(isRecord(broken)).toBe(false)
  })

  it('let further names pass', () => {
    const { record } = completedRun()
    expect(isRecord({ ...JSON.parse(JSON.stringify(record)), colour: 'blue' })).toBe(true)
  })
})
