import { describe, expect, it } from 'vitest'
import type { BackendId } from '../../../shared/domain/backend.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import {
  launchForecast,
  type SettleSide,
  settleNotes,
  settleObstacles,
  settlePlan,
  sideOfRun,
} from '../../../shared/planning/settle-plan.ts'
import { type GivenCase, runOfCases } from '../../fakes/compared-runs.ts'

const onnx = { caseKey: 'onnxruntime-fp32', p50Ms: 20 }
const { machine } = runOfCases([onnx]).fingerprint
const surroundings = {
  machine,
  statuses: new Map<BackendId, { version: string }>([['onnxruntime', { version: '1.32.0' }]]),
}

function sideOf(given: GivenCase = onnx, changes: Partial<RunRecord> = {}): SettleSide {
  const run = runOfCases([given], changes)
  const [group] = run.groups
  const [entry] = group?.cases ?? []
  if (group === undefined || entry === undefined) throw new Error('the run has no case')
  return sideOfRun(run, group, entry)
}

const { plan } = runOfCases([onnx])
const obstacles = (left: SettleSide, right: SettleSide) => settleObstacles(left, right, surroundings)

describe('the plan of two cases', () => {
  it('is one run of both, on the inputs of the first, up to the last look', () => {
    const int8 = sideOf({ ...onnx, caseKey: 'onnxruntime-int8' })
    expect(settlePlan(sideOf(), int8, 0.03, null)).toEqual({
      ...plan,
      candidates: [
        { backend: 'onnxruntime', precision: 'fp32', options: {} },
        { backend: 'onnxruntime', precision: 'int8', options: {} },
      ],
      batchSizes: [1],
      preset: 'standard',
      margin: 0.03,
      budget: { mostLaunches: 32, budgetMs: 86_400_000 },
    })
    expect(settlePlan(sideOf(), int8, 0.03, 60_000).budget).toEqual({ mostLaunches: 32, budgetMs: 60_000 })
  })

  it('feeds what the run fed, and never mixes two kinds of input', () => {
    const fed = { shapes: { tokens: [1, 77] }, inputValues: {} }
    const side = sideOf(onnx, { plan: { ...plan, ...fed } })
    expect(settlePlan(side, side, 0.02, null)).toMatchObject(fed)
    expect(obstacles(side, sideOf())).toEqual([
      'They do not have one set of input shapes: {"tokens":[1,77]} and null.',
      'They do not have one set of input values: {} and null.',
    ])
  })

  it('names a converted artifact by its hash', () => {
    const artifact = {
      kind: 'onnx',
      sha256: 'ab'.repeat(32),
      tools: {},
      parity: { verdict: 'pass', reason: '' },
    } as const
    expect(sideOf({ ...onnx, artifact }).candidate).toEqual({
      ...{ backend: 'onnxruntime', precision: 'fp32', options: {}, artifact: 'ab'.repeat(32) },
    })
  })
})

describe('two cases cannot be measured side by side here', () => {
  it('is never said of two that can', () => {
    expect(
      obstacles(sideOf(), sideOf({ ...onnx, caseKey: 'onnxruntime-int8', artifactSha256: 'ab'.repeat(32) })),
    ).toEqual([])
  })

  it('if they differ in more than the engine', () => {
    const other = sideOf(
      { ...onnx, batchSize: 8 },
      { plan: { ...plan, model: 'digits', device: 'cuda', inputSize: 32, threads: 4, weights: { kind: 'seeded' } } },
    )
    expect(obstacles(sideOf(), other)).toEqual([
      'They do not have one model: clip-vit-b32 and digits.',
      'They do not have one batch size: 1 and 8.',
      'They do not have one device: cpu and cuda.',
      'They do not have one input size: null and 32.',
      'They do not have one number of threads: 2 and 4.',
      'They do not have one kind of weights: {"kind":"auto"} and {"kind":"seeded"}.',
    ])
  })

  it('if one ran on another machine', () => {
    const { fingerprint } = runOfCases([onnx])
    const elsewhere = {
      ...fingerprint,
      machine: { ...machine, gpus: [{ name: 'H200', memoryBytes: null, driver: null }] },
    }
    expect(obstacles(sideOf(onnx, { runId: 'far', fingerprint: elsewhere }), sideOf())).toEqual([
      'far was measured on another machine (H200).',
    ])
  })

  it('if they ran with two versions of one engine', () => {
    expect(obstacles(sideOf({ ...onnx, versions: { onnxruntime: '1.31.0' } }), sideOf())).toEqual([
      'They ran with other versions of ONNX Runtime: onnxruntime 1.31.0 and 1.32.0; 1.32.0 is installed here.',
    ])
  })

  it('if they ran two files that no artifact keeps', () => {
    expect(obstacles(sideOf({ ...onnx, artifactSha256: 'ab'.repeat(32) }), sideOf())).toEqual([
      'They ran two files (abababab and c0dec0de) that are not kept as artifacts.',
    ])
  })
})

it('a version that is here now, and was not then, is told', () => {
  expect(settleNotes(sideOf({ ...onnx, versions: { onnxruntime: '1.31.0', python: '3.11.7' } }), surroundings)).toEqual(
    ['ONNX Runtime is 1.32.0 here now; 20261124-061500-clip-vit-b32-k3f9 ran with onnxruntime 1.31.0, python 3.11.7.'],
  )
  expect(settleNotes(sideOf(), surroundings)).toEqual([])
})

describe('the number of launches', () => {
  it('is not foreseen without a noise floor', () => {
    expect(launchForecast(0.02, null)).toEqual({ launches: null, resolvable: null })
  })

  it.each([
    [0.02, 0.01, 5],
    [0.02, 0.02, 8],
    [0.02, 0.03, 12],
    [0.05, 0.02, 5],
    [0.02, 0.06, null],
  ])('for %d with a floor of %d is %s', (margin, floor, launches) => {
    expect(launchForecast(margin, floor).launches).toBe(launches)
  })

  it('says what all launches together can tell', () => {
    // (t of 30 degrees of freedom at 99 %, 2.749996, and one) x 0.06 / 1.959964 / sqrt(32).
    expect(launchForecast(0.02, 0.06).resolvable).toBeCloseTo(
      Math.exp((3.749996 * 0.06) / 1.959964 / Math.sqrt(32)) - 1,
      6,
    )
  })
})
