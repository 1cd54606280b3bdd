import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkParity, type ParityCheck } from '../../../../electron/runs/group/parity-check.ts'
import { RunCase } from '../../../../electron/runs/group/run-case.ts'
import type { Artifact } from '../../../../shared/domain/artifact.ts'
import type { Candidate } from '../../../../shared/domain/plan.ts'
import { exampleManifest } from '../../../fakes/example-manifest.ts'
import { npyBytes } from '../../../fakes/npy-bytes.ts'
import { temporaryFolder } from '../../../fakes/temporary-folder.ts'
import { artifact } from '../../../shared/planning/artifact.ts'

const root = temporaryFolder()
const unlabelled = {
  ...{ labels: null, photographs: null, calibrationPhotographs: new Set<string>() },
  images: { source: 'shipped photographs' },
}
let files = 0

type Scores = readonly (readonly number[])[]

async function trialWith(
  candidate: Partial<Candidate>,
  scores: Scores | null,
  ran: Artifact | null = null,
): Promise<RunCase> {
  const whole: Candidate = { backend: 'onnxruntime', precision: 'fp32', options: {}, ...candidate }
  const runCase = new RunCase(`${whole.backend}-${whole.precision}`, whole, ran)
  runCase.start()
  if (scores === null) return runCase
  files += 1
  const file = join(root, `${files}.npy`)
  const shape = [scores.length, scores[0]?.length ?? 0]
  await writeFile(file, npyBytes('<f4', shape, new Float32Array(scores.flat())))
  runCase.outputs = [{ name: 'logits', file, sha256: '', shape }]
  return runCase
}

function pass(runCases: readonly RunCase[], changes: Partial<ParityCheck> = {}): ParityCheck {
  return {
    runCases,
    baseline: 'torch-eager-fp32',
    manifest: exampleManifest(),
    weights: 'own',
    images: unlabelled,
    caseChanged: () => {},
    signal: new AbortController().signal,
    ...changes,
  }
}

const right: Scores = [
  [3, 1],
  [1, 3],
]
const wrong: Scores = [
  [1, 3],
  [1, 3],
]

test('a case that answers as the reference does passes, one that does not fails with the figure', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const same = await trialWith({}, right)
  const other = await trialWith({ backend: 'onnxruntime-node' }, wrong)
  await checkParity(pass([reference, same, other]))
  expect(reference.parity).toEqual({ verdict: 'pass', reason: 'reference', figures: null, reference: null })
  expect(same.parity).toMatchObject({ verdict: 'pass', reference: 'torch-eager-fp32' })
  expect(other.parity).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^cosine 0\.6/),
    decidedBy: 'cosine 0.6000',
  })
  expect(other.parity.figures?.top1Agreement).toBe(0.5)
})

test('with labels each case gets the share it classified right, the reference too', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const other = await trialWith({}, wrong)
  await checkParity(pass([reference, other], { images: { ...unlabelled, labels: [0, 1] } }))
  expect([reference.accuracy, other.accuracy]).toEqual([
    { value: 1, interval: null },
    { value: 0.5, interval: null },
  ])
})

test('answers that do not fit the labels fail the case that gave them, and no other', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const short = await trialWith({}, [[3, 1]])
  const changed: string[] = []
  await checkParity(
    pass([reference, short], {
      images: { ...unlabelled, labels: [0, 1] },
      caseChanged: (runCase) => changed.push(runCase.caseKey),
    }),
  )
  expect(reference.isGoing).toBe(true)
  expect(short).toMatchObject({ state: 'failed', error: { code: 'input-mismatch', stage: 'parity' } })
  expect(changed).toEqual(['onnxruntime-fp32'])
})

test('outputs that cannot be read fail the case that wrote them', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const broken = await trialWith({}, right)
  await writeFile(broken.outputs?.[0]?.file ?? '', 'half')
  await checkParity(pass([reference, broken]))
  expect(broken).toMatchObject({ state: 'failed', error: { code: 'input-mismatch' } })
  expect(reference.parity.verdict).toBe('pass')
})

test('seeded weights are compared and not judged', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const same = await trialWith({}, right)
  await checkParity(pass([reference, same], { weights: 'seeded' }))
  expect(reference.parity.verdict).toBe('not-judged')
  expect(same.parity).toMatchObject({ verdict: 'not-judged', figures: { cosineSimilarity: 1 } })
})

test('where the reference has no outputs, failed or is not FP32, nothing is judged and the reason is given', async () => {
  const reasons = []
  for (const reference of [
    await trialWith({ backend: 'torch-eager' }, null),
    await trialWith({ backend: 'torch-eager', precision: 'bf16' }, right),
  ]) {
    const other = await trialWith({}, right)
    await checkParity(pass([reference, other], { baseline: reference.caseKey }))
    reasons.push([other.parity.verdict, other.parity.reason])
  }
  expect(reasons).toEqual([
    ['not-judged', 'the reference case has no outputs'],
    ['not-judged', 'no FP32 case ran to compare it with'],
  ])
})

const calibrated = (source: string) =>
  artifact({
    precision: 'int8',
    calibration: { method: 'min-max', imageCount: 1, source, sha256: 'c', elsewhere: 'fp32' },
  })
const tolerant = exampleManifest({ parityTolerance: { int8: { cosinePass: 0.99, cosineWarn: 0.9, maxAbsPass: null } } })
const int8 = { precision: 'int8', artifact: artifact().sha256 } as const

test('photographs that an artifact was calibrated on do not judge it', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const flattered = await trialWith(
    int8,
    [
      [1, 3],
      [1, 3],
    ],
    calibrated('shipped photographs'),
  )
  const images = { ...unlabelled, photographs: ['cat', 'grass'], calibrationPhotographs: new Set(['grass']) }
  await checkParity(pass([reference, flattered], { manifest: tolerant, images }))
  expect(flattered.parity).toMatchObject({
    verdict: 'fail',
    reason: 'cosine 0.6000 is below 0.9; images that it was calibrated on are left out',
    figures: { imageCount: 1, top1Agreement: 0 },
  })
})

test('an artifact calibrated on the folder that the run reads says so', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const same = await trialWith(int8, right, calibrated('/pictures'))
  const images = { ...unlabelled, images: { source: '/pictures' }, photographs: ['a', 'b'] }
  await checkParity(pass([reference, same], { manifest: tolerant, images }))
  expect(same.parity.reason).toBe('cosine 1.0000, at least 0.99 needed; it was calibrated on images of the same folder')
})

test('an artifact of seeded weights is not judged, whatever the run’s own weights', async () => {
  const reference = await trialWith({ backend: 'torch-eager' }, right)
  const seeded = await trialWith(int8, wrong, artifact({ precision: 'int8', weights: 'seeded' }))
  await checkParity(pass([reference, seeded], { weights: 'hub', manifest: tolerant }))
  expect(seeded.parity).toMatchObject({
    verdict: 'not-judged',
    reason: 'seeded weights: timing valid, predictions not',
  })
})
