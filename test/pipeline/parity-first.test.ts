// Parity is judged once, right after the first launch, and no speed of a case is told before.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type BackendDriver, type RequestHandlers, workerAnswering } from '../../electron/backends/backend-driver.ts'
import { createSimulatedDriver, SimulatedClock } from '../../electron/backends/simulated-driver.ts'
import { noInputs } from '../../electron/runs/session/run-files.ts'
import type { BackendId } from '../../shared/domain/backend.ts'
import type { Candidate, Plan } from '../../shared/domain/plan.ts'
import type { RunEvent } from '../../shared/domain/run-event.ts'
import { npyBytes } from '../fakes/npy-bytes.ts'
import { caseOf, eventsOf, runBench, simulatedPlan } from '../fakes/run-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'

const root = temporaryFolder()
const answers: Partial<Record<BackendId, readonly number[]>> = {
  'torch-eager': [3, 1, 1, 3],
  onnxruntime: [1, 3, 1, 3],
}
const [baseline, right, wrong] = ['torch-eager-fp32', 'torch-eager-fp32.2', 'onnxruntime-fp32'] as const

/** Simulated in time; with outputs, which are wrong in one backend. */
async function answeringBench() {
  const clock = new SimulatedClock()
  const simulated = createSimulatedDriver(clock)
  const written: string[] = []
  const driverOf = (id: BackendId): BackendDriver => ({
    id,
    describe: async () => ({ ...(await simulated.describe()), id }),
    open: async (log, signal) => {
      const worker = await simulated.open(log, signal)
      const handlers: RequestHandlers = {
        prepare: (parameters, by) => worker.request('prepare', parameters, by),
        warmup: (parameters, by) => worker.request('warmup', parameters, by),
        'measure-block': (parameters, by) => worker.request('measure-block', parameters, by),
        'measure-memory': (parameters, by) => worker.request('measure-memory', parameters, by),
        'write-outputs': async ({ folder }) => {
          const [file, shape] = [join(folder, 'logits.npy'), [2, 2]]
          await mkdir(folder, { recursive: true })
          await writeFile(file, npyBytes('<f4', shape, new Float32Array(answers[id] ?? [])))
          written.push(file)
          return { outputs: [{ name: 'logits', file, sha256: '', shape }] }
        },
      }
      return workerAnswering(handlers, () => worker.close())
    },
  })
  const bench = await runBench(root, {
    drivers: new Map((['torch-eager', 'onnxruntime'] as const).map((id) => [id, driverOf(id)])),
    inputs: async ({ plan, manifest }) => noInputs(plan, manifest),
    nowNs: () => clock.nowNs(),
  })
  return { ...bench, written }
}

type Options = Candidate['options']

function plan(others: { readonly right: Options; readonly wrong: Options }, changes: Partial<Plan> = {}): Plan {
  const candidate = (backend: BackendId, options: Options): Candidate => ({ backend, precision: 'fp32', options })
  const candidates = [
    candidate('torch-eager', {}),
    candidate('torch-eager', others.right),
    candidate('onnxruntime', others.wrong),
  ]
  return { ...simulatedPlan([], { budget: { mostLaunches: 2 }, ...changes }), candidates }
}

const fast = { right: { medianMs: 5 }, wrong: { medianMs: 4 } }

test('no figure is told before parity is judged; then a refusal stands in place of a speedup, to the end', async () => {
  const { record, events } = await (await answeringBench()).run(plan(fast))
  const at = events.findIndex(({ kind }) => kind === 'parity-judged')
  const [before, after] = [events.slice(0, at), events.slice(at)]
  expect(eventsOf(before, 'round-completed').map(({ launch, interim }) => [launch, interim])).toEqual(
    Array.from({ length: 4 }, () => [0, {}]),
  )
  expect(eventsOf(before, 'launch-completed')).toEqual([])

  const [judged, again] = eventsOf(after, 'parity-judged')
  const refusal = caseOf(record, wrong).speedup.reason
  expect(refusal).toMatch(/^parity failed: cosine 0\.6/)
  expect(judged?.parities).toEqual({
    [baseline]: { verdict: 'pass', reason: 'reference', refusal: null },
    [right]: { verdict: 'pass', reason: expect.any(String), decidedBy: expect.any(String), refusal: null },
    [wrong]: { verdict: 'fail', reason: expect.any(String), decidedBy: 'cosine 0.6000', refusal },
  })
  expect(again).toBeUndefined()
  expect(judged?.interim[right]?.speedup.value).toBeCloseTo(2, 1)
  const figures = [judged?.interim, ...eventsOf(after, 'round-completed').map(({ interim }) => interim)]
  expect(figures.map((interim) => interim?.[wrong])).toEqual(
    figures.map(() => ({
      p50Ms: { value: expect.closeTo(4, 1), interval: null },
      speedup: { value: null, reason: refusal },
      sampleCount: expect.any(Number),
    })),
  )
  expect(eventsOf(after, 'launch-completed').map(({ comparisons }) => Object.keys(comparisons))).toEqual([
    [right],
    [right],
  ])
  expect(caseOf(record, right)).toMatchObject({ parity: { verdict: 'pass' }, speedup: { verdict: 'faster' } })
  expect(caseOf(record, wrong)).toMatchObject({ state: 'completed', parity: { verdict: 'fail' } })
})

test('launches do not wait for a comparison that parity refuses', async () => {
  const { budget: _, ...open } = plan({ right: fast.right, wrong: { medianMs: 10.15, launchSpread: 0.03 } })
  const { record } = await (await answeringBench()).run({ ...open, preset: 'standard' })
  expect(record.groups[0]).toMatchObject({ stopped: 'decided', launches: { length: 5 } })
  expect(caseOf(record, wrong).speedup.verdict).toBe('refused')
})

test('cancelled in its first launch, a run tells no figure and judges no parity', async () => {
  const { record, events } = await (await answeringBench()).run(plan(fast), (event, cancel) => {
    if (event.kind === 'round-completed' && event.round === 2) cancel()
  })
  expect(record.state).toBe('cancelled')
  expect(eventsOf(events, 'parity-judged')).toEqual([])
  expect(eventsOf(events, 'round-completed').map(({ interim }) => interim)).toEqual([{}, {}, {}])
  expect(caseOf(record, wrong).parity).toEqual({
    ...{ verdict: 'not-judged', reason: 'Outputs were not compared.', figures: null, reference: null },
  })
})

test('cancelled later, it keeps the parity that was judged', async () => {
  const { record } = await (await answeringBench()).run(plan(fast), (event, cancel) => {
    if (event.kind === 'round-completed' && event.launch === 1) cancel()
  })
  expect(
    [right, wrong].map((caseKey) => caseOf(record, caseKey)).map(({ state, parity }) => [state, parity.verdict]),
  ).toEqual([
    ['cancelled', 'pass'],
    ['cancelled', 'fail'],
  ])
})

test('a run that is continued keeps its parity, tells it before anything else and writes no outputs', async () => {
  const bench = await answeringBench()
  const close = { right: { medianMs: 9.4, launchSpread: 0.03 }, wrong: { medianMs: 4 } }
  const { record: before, folder } = await bench.run(plan(close, { preset: 'standard', seed: 4 }))
  const outputs = bench.written.length
  const events: RunEvent[] = []
  const { finished } = await bench.service.continueRun(folder, (event) => events.push(event))
  const record = await finished
  const [judged] = eventsOf(events, 'parity-judged')
  expect(events.indexOf(judged as RunEvent)).toBeLessThan(events.findIndex(({ kind }) => kind === 'block'))
  expect(judged?.parities[wrong]?.refusal).toBe(caseOf(before, wrong).speedup.reason)
  expect(Object.keys(judged?.interim ?? {})).toEqual([baseline, right, wrong])
  expect(record.groups[0]?.cases.map(({ parity }) => parity)).toEqual(
    before.groups[0]?.cases.map(({ parity }) => parity),
  )
  expect(bench.written).toHaveLength(outputs)
  expect(record.groups[0]?.launches?.length).toBeGreaterThan(2)
})
