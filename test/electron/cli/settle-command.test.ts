// The command over a real run service with simulated backends: two cases of runs that were measured before, again.
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { exitCodes } from '../../../electron/cli/exit-code.ts'
import type { Services } from '../../../electron/services.ts'
import { createSettleService } from '../../../electron/settling/settle-service.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { runOfCases } from '../../fakes/compared-runs.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { runBench, simulatedPlan } from '../../fakes/run-bench.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { carriedOut, faultsOf } from '../../fakes/typed-command.ts'

const root = temporaryFolder()
let services: Partial<Services> = {}
/** Three cases: 10 ms, 8 ms, and 10 ms again with other noise. */
let before = ''
let noiseFloor: { value: number } | null = null

beforeAll(async () => {
  const bench = await runBench(root)
  const options = [{ spread: 0.01 }, { spread: 0.01, medianMs: 8 }, { spread: 0.011 }]
  const { folder } = await bench.run(simulatedPlan(options, { preset: 'standard', budget: { mostLaunches: 5 } }))
  before = join(root, 'before')
  await cp(folder, before, { recursive: true })
  services = {
    runs: bench.service,
    models: bench.dependencies.models as Services['models'],
    store: {
      folderOf: (runId: string) =>
        Promise.reject(
          new BenchError({
            code: 'unknown-run',
            stage: 'store',
            message: `Run ${runId} was not found.`,
            remedy: 'List the runs.',
          }),
        ),
    } as unknown as Services['store'],
    settling: createSettleService({
      models: bench.dependencies.models as Services['models'],
      runs: bench.service,
      statuses: async () => [],
      machine: async () => exampleRecord().fingerprint.machine,
      noiseFloor: async () => noiseFloor,
      knownLatencies: async () => () => null,
    }),
  }
})

const settled = (words: string) => carriedOut(`settle ${words} --progress none`, services)

test('a faster case is faster, and how long it takes is said before', async () => {
  noiseFloor = { value: 0.01 }
  const { code, results, notes } = settled(`${before}:simulated-fp32 ${before}:simulated-fp32.2`)
  expect(await code).toBe(exitCodes.done)
  expect(notes[0]).toMatch(
    /^Telling differences of 2 % takes up to 32 launches, at most about \d+ min \d+ s\. Two that are equally fast are expected to be called the same after 5 \(about /,
  )
  expect(results[0]).toMatch(
    /^Simulated, copy 2 FP32 is faster than Simulated FP32 by 2\d to 2\d %: 1\.25 × \(1\.2\d – 1\.2\d\)\.\n/,
  )
})

test('named the other way round it is slower', async () => {
  const { code, results } = settled(`${before}:simulated-fp32.2 ${before}:tiny-b1/simulated-fp32`)
  expect(await code).toBe(exitCodes.done)
  expect(results[0]).toMatch(/ is slower than .* by (19|20)[.\d]* to 20[.\d]* %: 0\.80 × /)
})

test('two that are equally fast are called the same, also if they are one case', async () => {
  for (const other of ['simulated-fp32.3', 'simulated-fp32']) {
    const { code, results } = settled(`${before}:simulated-fp32 ${before}:${other} --resolve 5%`)
    expect(await code).toBe(exitCodes.done)
    expect(results[0]).toMatch(/^Simulated, copy 2 FP32 is as fast as Simulated FP32 within 5 %: /)
  }
})

test('a dry run says what it takes and measures nothing', async () => {
  noiseFloor = { value: 0.2 }
  const { code, results, notes } = settled(`${before}:simulated-fp32 ${before}:simulated-fp32.2 --dry-run`)
  expect(await code).toBe(exitCodes.done)
  expect(results).toEqual([])
  expect(notes.join('\n')).toContain('By its noise floor, this machine cannot tell less than 7 %.')
})

test('runs that cannot be measured again are compared without a verdict', async () => {
  const folders = []
  for (const [name, machine] of [
    ['here', 'Some CPU'],
    ['there', 'Another CPU'],
  ] as const) {
    const run = runOfCases([{ caseKey: 'onnxruntime-fp32', p50Ms: 20 }], { runId: name })
    const fingerprint = {
      ...run.fingerprint,
      hash: name,
      machine: { ...exampleRecord().fingerprint.machine, cpuModel: machine },
    }
    await mkdir(join(root, name))
    await writeFile(join(root, name, 'run.json'), JSON.stringify({ ...run, fingerprint }))
    folders.push(join(root, name))
  }
  const { code, results } = settled(folders.join(' '))
  expect(await code).toBe(exitCodes.cannotTell)
  expect(results[0]?.split('\n').slice(0, 4)).toEqual([
    'These cannot be measured again here, side by side, so their records are compared, without a verdict:',
    '  there was measured on another machine (Another CPU).',
    '',
    'No verdict: it cannot be measured again here. The figures stand side by side.',
  ])
})

test('what is named wrongly is refused in sentences', async () => {
  const refusal = (words: string) =>
    settled(words).code.catch((error) => (error instanceof BenchError ? error.record : error))
  expect(await refusal(`${before} ${before}:nothing`)).toMatchObject({
    code: 'bad-usage',
    message: expect.stringMatching(/has no case nothing\.$/),
    remedy: 'Choose from: tiny-b1/simulated-fp32, tiny-b1/simulated-fp32.2, tiny-b1/simulated-fp32.3.',
  })
  expect(await refusal(`${before} ${before}`)).toMatchObject({
    message: expect.stringMatching(/has 3 cases that this can mean\.$/),
    remedy: expect.stringMatching(/^Name one after a colon, RUN:CASE, from: tiny-b1/),
  })
  expect(await refusal('nowhere neither')).toMatchObject({
    message: expect.stringMatching(/2 errors:\n {2}Run nowhere was not found\./),
  })
  expect(await refusal('onnxruntime:fp99 onnxruntime:fp32')).toMatchObject({
    message: '"onnxruntime:fp99" is not a candidate.',
    remedy: expect.stringMatching(/^Choose the precision from: fp32/),
  })
  expect(await refusal('onnxruntime:fp32 onnxruntime:int8')).toMatchObject({
    message: 'settle needs a model for these cases.',
  })
  expect(await refusal(`${before}:simulated-fp32 ${before}:simulated-fp32.2 --threads 4`)).toMatchObject({
    message: '--threads does not apply to a case of a run: it is measured as that run was.',
  })
  expect(faultsOf('settle a')).toEqual(['settle needs <case>. Write: enginebench settle <case> <case>'])
  expect(faultsOf('settle a b --resolve 50%')).toEqual(['--resolve cannot be "50%". Give a number from 0.5 to 20.'])
})
