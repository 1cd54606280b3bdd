import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exitCodes } from '../../../electron/cli/exit-code.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { carriedOut, faultsOf } from '../../fakes/typed-command.ts'

const folder = temporaryFolder()

async function kept(name: string, p50Ms: number, changes: Partial<RunRecord> = {}): Promise<string> {
  const run = runOfCases(
    [
      { caseKey: 'torch-eager-fp32', p50Ms: 40 },
      { caseKey: 'onnxruntime-fp32', p50Ms },
    ],
    { runId: name, ...changes },
  )
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'run.json'), JSON.stringify(run))
  return join(folder, name)
}

test('two runs beside each other: the answer, what differs, and every figure', async () => {
  const before = await kept('before', 20)
  const after = await kept('after', 22, {
    fingerprint: { ...runOfCases([]).fingerprint, hash: 'b', enginebenchVersion: '0.2.0' },
  })
  const { code, results } = carriedOut(`compare ${before} ${after}`, {})
  expect(await code).toBe(exitCodes.done)
  expect(results.join('\n').split('\n')).toEqual([
    expect.stringMatching(/^ONNX Runtime FP32, batch 1, got slower at p50: \+10\.0 % \(\+8\.2 – \+11\.9 %\)\. Of 4 /),
    '',
    'A  before: CLIP ViT-B/32 vision encoder, 2026-11-24 06:15, quick, the baseline run',
    'B  after: CLIP ViT-B/32 vision encoder, 2026-11-24 06:15, quick',
    '',
    'What differs  A      B',
    'Enginebench   0.1.0  0.2.0',
    '',
    expect.stringMatching(/^Case +Figure +A +B$/),
    expect.stringMatching(
      /^PyTorch eager FP32, batch 1 +p50 +40\.0 ms +40\.0 ms {2}0\.0 % \(−1\.7 – \+1\.7 %\) same within 2 %$/,
    ),
    expect.stringMatching(/^ +images\/s/),
    expect.stringMatching(/^ +process peak +600 MiB +600 MiB {2}0\.0 % no verdict: measured without an interval$/),
    expect.stringMatching(
      /^ONNX Runtime FP32, batch 1 +p50 +20\.0 ms +22\.0 ms {2}\+10\.0 % \(\+8\.2 – \+11\.9 %\) slower$/,
    ),
    expect.stringMatching(/^ +images\/s/),
    expect.stringMatching(/^ +process peak/),
    '',
    'Runs are made at different times, and whatever else changed in between is part of the change. Settle measures both side by side.',
  ])
})

test.each([
  [22, '5%', exitCodes.beyondLimit, /^Regression beyond 5 %/],
  [21, '5', exitCodes.cannotTell, /^Not sure/],
  [20, '5%', exitCodes.done, /^No regression beyond 5 %\./],
])('a median of %d ms against a limit of %s ends with %i', async (p50Ms, limit, code, words) => {
  const names = [await kept('main', 20), await kept(`pull-${p50Ms}`, p50Ms)]
  const carried = carriedOut(`compare ${names.join(' ')} --fail-on-regression ${limit}`, {})
  expect(await carried.code).toBe(code)
  expect(carried.results[0]).toMatch(words)
})

test('a limit across machines is never passed silently', async () => {
  const { fingerprint } = runOfCases([])
  const other = { ...fingerprint, hash: 'b', machine: { ...fingerprint.machine, cpuModel: 'Another' } }
  const names = [await kept('here', 20), await kept('there', 20, { fingerprint: other })]
  const { code, results } = carriedOut(`compare ${names.join(' ')} --fail-on-regression 5`, {})
  expect(await code).toBe(exitCodes.cannotTell)
  expect(results[0]).toContain('there: no verdict, another machine. What differs: processor (AMD EPYC 7B13 / Another).')
})

test('other formats are printed as they are', async () => {
  const names = [await kept('one', 20), await kept('two', 22)]
  const { code, results } = carriedOut(`compare ${names.join(' ')} --format json`, {})
  expect(await code).toBe(exitCodes.done)
  expect(JSON.parse(results[0] ?? '')).toMatchObject({ baseline: 'one', gate: null })
})

test('every run that cannot be read is told of at once', async () => {
  const none = [join(folder, 'none'), join(folder, 'neither')]
  await expect(carriedOut(`compare ${none.join(' ')}`, {}).code).rejects.toMatchObject({
    record: {
      code: 'unknown-run',
      message: expect.stringMatching(/2 errors:\n.*none is not a run folder.*\n.*neither is not/),
    },
  })
})

test('too few runs, too many, one twice, and a limit that Bencher would not read are refused', () => {
  const write = 'Write: enginebench compare <run> <run> [run…]'
  expect(faultsOf('compare a')).toEqual([`compare needs <run>. ${write}`])
  expect(faultsOf('compare a b a')).toEqual(['a is named twice. Name each run once.'])
  expect(faultsOf('compare a b c d e f g h i j k')).toEqual(['11 runs are named. Name 2 to 10.'])
  expect(faultsOf('compare a b --fail-on-regression 5 --format bmf')).toEqual([
    '--fail-on-regression does not apply to --format bmf: Bencher has thresholds of its own. Leave it out.',
  ])
  expect(faultsOf('compare a b --figure p50')).toEqual([
    '--figure does not apply without --fail-on-regression. Add --fail-on-regression PERCENT, or leave it out.',
  ])
})
