// A converted file measured for real, beside what it was made from: convert, run, choose.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Services } from '../../electron/services.ts'
import type { Artifact } from '../../shared/domain/artifact.ts'
import type { Candidate, Plan } from '../../shared/domain/plan.ts'
import { bestArtifactOf } from '../../shared/planning/best-artifact.ts'
import { conversionServices, converted, recipeFor, resultOf, testMain } from '../fakes/conversion-bench.ts'
import { exampleRecord } from '../fakes/example-record.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const home = temporaryFolder()
let services: Services
let int8: Artifact

beforeAll(async () => {
  if (testMain === null) return
  services = await conversionServices(home, { main: testMain })
  const record = await converted(services, await recipeFor(services, 'digits', 'onnx', 'int8'))
  expect(record).toMatchObject({ state: 'completed', error: null })
  int8 = await resultOf(services, record)
}, 180_000)

afterAll(async () => {
  await services?.runs.shutdown()
  await services?.conversions.shutdown()
})

function planOf(candidates: readonly Candidate[]): Plan {
  return {
    ...exampleRecord().plan,
    candidates: [...candidates],
    imageLimit: 4096,
    threads: 1,
    budget: { mostLaunches: 1 },
  }
}

const pytorch: Candidate = { backend: 'torch-eager', precision: 'fp32', options: {} }
const named = (artifact: Artifact): Candidate => ({
  ...{ backend: 'onnxruntime', precision: artifact.precision, options: {} },
  artifact: artifact.sha256,
})

describe.runIf(testMain !== null)('running an artifact', () => {
  it('measures the very file, judges what was timed, and is the one to ship', async () => {
    const started = await services.runs.start(planOf([pytorch, named(int8)]), null, () => {})
    const record = await started.finished
    const key = `onnxruntime-int8-${int8.sha256.slice(0, 8)}`
    const found = record.groups[0]?.cases.find(({ caseKey }) => caseKey === key)
    expect(found).toMatchObject({
      state: 'completed',
      artifactSha256: int8.sha256,
      artifact: { kind: 'onnx', sha256: int8.sha256, parity: { verdict: 'pass' } },
      parity: { verdict: 'pass', reference: 'torch-eager-fp32' },
      weights: 'own',
    })
    expect(found?.parity.figures?.accuracy?.candidate).toBeGreaterThan(0.95)
    expect(record.groups[0] && bestArtifactOf(record.groups[0])).toMatchObject({ sha256: int8.sha256, caseKey: key })
    expect(record.command).toContain(`--backends torch-eager:fp32 --artifact ${int8.sha256}`)
  }, 180_000)

  it('refuses beforehand what the artifact was not built for, or does not claim', async () => {
    const codes = async (candidate: Candidate, changes: Partial<Plan> = {}) =>
      (await services.runs.estimate({ ...planOf([pytorch, candidate]), ...changes })).refusals.map(({ code }) => code)
    expect(await codes(named(int8))).toEqual([])
    expect(await codes({ ...named(int8), precision: 'fp16' })).toEqual(['bad-usage'])
    expect(await codes({ ...named(int8), artifact: 'f'.repeat(64) })).toEqual(['unknown-artifact'])
    expect(await codes({ ...named(int8), backend: 'torch-eager', precision: 'fp32' })).toContain('bad-usage')
  }, 60_000)
})
