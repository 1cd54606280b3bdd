import { expect, test } from 'vitest'
import { buildNotes, caseNotes } from '../../../../electron/runs/group/group-record.ts'
import type { RunCase } from '../../../../electron/runs/group/run-case.ts'
import type { Artifact } from '../../../../shared/domain/artifact.ts'
import { measured } from '../../../../shared/domain/figure.ts'
import type { CaseRecord, GroupRecord } from '../../../../shared/domain/run.ts'
import { exampleCase, exampleRecord } from '../../../fakes/example-record.ts'

function engine(letter: string, changes: Partial<Artifact> = {}): Artifact {
  return {
    kind: 'tensorrt-engine',
    modelId: 'tiny',
    precision: 'fp16',
    opset: 17,
    sha256: letter.repeat(64),
    file: `/artifacts/${letter}/engine.plan`,
    sizeBytes: 1,
    buildTimeMs: 1,
    parents: ['f'.repeat(64)],
    weights: 'own',
    parity: { verdict: 'pass', reason: 'cosine 1', byBatchSize: [] },
    layerPrecision: null,
    tools: { tensorrt: '11.4' },
    ...changes,
  }
}

function engineCase(caseKey: string, value: number | null, p50Ms: number): CaseRecord {
  const example = exampleCase()
  return exampleCase({
    caseKey,
    backend: 'tensorrt',
    latencyMs: { ...example.latencyMs, p50: measured(p50Ms) },
    speedup: { ...example.speedup, value, baseline: 'torch' },
  })
}

function group(cases: readonly CaseRecord[], baseline: string): GroupRecord {
  const [first] = exampleRecord().groups
  if (first === undefined) throw new Error('The example has no group.')
  return { ...first, baseline, cases: [...cases] }
}

const torch = exampleCase({ caseKey: 'torch', backend: 'torch-eager' })

test('builds of one recipe are told with the spread of their speedups', () => {
  const cases = [torch, engineCase('a', 1.92, 3), engineCase('b', 2.01, 2.9)]
  const runCases = [
    { caseKey: 'torch', artifact: null },
    { caseKey: 'a', artifact: engine('a', { build: 1 }) },
    { caseKey: 'b', artifact: engine('b', { build: 2 }) },
  ]
  expect(buildNotes(group(cases, 'torch'), runCases)).toEqual(['digits-b1: between builds: 1.92–2.01 × (a, b).'])
})

test('where a build is the baseline itself, their medians are told', () => {
  const cases = [engineCase('a', 1, 3), engineCase('b', 1.1, 2.7)]
  const runCases = [
    { caseKey: 'a', artifact: engine('a', { build: 1 }) },
    { caseKey: 'b', artifact: engine('b', { build: 2 }) },
  ]
  expect(buildNotes(group(cases, 'a'), runCases)).toEqual([
    'digits-b1: between builds: 2.700–3.000 ms at the median (a, b).',
  ])
})

test('one build alone has no spread, and one of another recipe is no second build', () => {
  const cases = [torch, engineCase('a', 2, 3), engineCase('b', null, 2.9)]
  const runCases = [
    { caseKey: 'a', artifact: engine('a') },
    { caseKey: 'b', artifact: engine('b', { parents: ['e'.repeat(64)] }) },
  ]
  expect(buildNotes(group(cases, 'torch'), runCases)).toEqual([])
})

test('what a worker said about its case is told with the case', () => {
  const prepared = { notes: ['The engine was tuned for 8x3x224x224, but 1x3x224x224 is measured.'] }
  const runCases = [
    { caseKey: 'tensorrt-fp16', prepared: prepared as RunCase['prepared'] },
    { caseKey: 'torch', prepared: null },
  ]
  expect(caseNotes({ groupKey: 'digits-b1' }, runCases)).toEqual([
    'digits-b1, tensorrt-fp16: The engine was tuned for 8x3x224x224, but 1x3x224x224 is measured.',
  ])
})
