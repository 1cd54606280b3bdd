// The work of a soak, in lanes that go on side by side: runs, resumptions and sweeps; conversions, reports and lists; and
// the window, which starts runs and conversions of its own. Each lane does one thing after another until the soak ends.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ElectronApplication, _electron as electron } from '@playwright/test'
import { readRecord } from '../../electron/store/run-folder.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { Recipe } from '../../shared/domain/recipe.ts'
import type { RunRecord } from '../../shared/domain/run.ts'
import { applicationFolder, findElectron, runtimeEnvironment } from '../e2e/harness/runtime.ts'
import { fakeRecipe } from '../fakes/conversion-record.ts'
import { chosen, commanded, randomOf, type Soak } from './soak-run.ts'

export type Lane = (soak: Soak) => Promise<void>

const candidates = [
  'simulated:fp32,simulated:fp16',
  'onnxruntime-node:fp32,onnxruntime-node:int8',
  'onnxruntime:fp32,onnxruntime-node:fp32',
  'onnxruntime:fp32,torch-eager:fp32',
] as const
const short = ['--max-launches', '2', '--max-minutes', '0.2', '--progress', 'none'] as const

/** Folders of the runs in the data folder, with their records, as far as they can be read. */
export async function recordsIn(home: string): Promise<readonly { folder: string; record: RunRecord }[]> {
  const root = join(home, 'runs')
  const names = await readdir(root).catch(() => [])
  const read = await Promise.all(
    names.sort().map(async (name) => {
      const folder = join(root, name)
      const record = await readRecord(folder).catch(() => null)
      return record === null ? [] : [{ folder, record }]
    }),
  )
  return read.flat()
}

export const measuring: Lane = async (soak) => {
  const random = randomOf(soak, 1)
  while (!soak.signal.aborted) {
    const kind = random()
    const models = ['--model', 'digits', '--backends', chosen(random, candidates)]
    const batch = ['--batch', chosen(random, ['1', '1,2', '1,2,4'])]
    const early = (await recordsIn(soak.home)).filter(({ record: { state } }) =>
      ['interrupted', 'cancelled', 'failed'].includes(state),
    )
    if (kind < 0.3 && early.length > 0) {
      await commanded(soak, ['run', '--resume', chosen(random, early).folder, '--progress', 'none'])
    } else if (kind < 0.4) {
      await commanded(soak, ['sweep', ...models, '--batch', '1,2', '--point', '0.5', '--progress', 'none'])
    } else {
      await commanded(soak, ['run', ...models, ...batch, ...short])
    }
  }
}

export const converting: Lane = async (soak) => {
  const random = randomOf(soak, 2)
  while (!soak.signal.aborted) {
    const kind = random()
    const precision = chosen(random, ['fp16', 'int8', 'fp32', 'bf16'])
    const opset = chosen(random, ['17', '18', '19', '20'])
    const seed = String(Math.floor(random() * 1000))
    const known = await recordsIn(soak.home)
    if (kind < 0.5) {
      const recipe = ['--to', 'onnx', '--precision', precision, '--opset', opset, '--weights', 'seeded', '--seed', seed]
      await commanded(soak, ['convert', '--model', 'digits', ...recipe, '--progress', 'none'])
    } else if (kind < 0.9 && known.length > 0) {
      const formats = chosen(random, ['json,csv,md,html', 'html', 'html,pdf'])
      await commanded(soak, ['report', chosen(random, known).folder, '--format', formats, '--overwrite'])
    } else {
      await commanded(soak, [chosen(random, ['models', 'artifacts', 'runs', 'doctor'])])
    }
  }
}

/** Opens the window, starts something in it, and closes it again, at the latest after this long. */
const longestVisitMs = 60_000
/** Of what the window starts; the rest are conversions. */
const runShare = 0.6
const closeLimitMs = 60_000

export const visiting: Lane = async (soak) => {
  const random = randomOf(soak, 3)
  while (!soak.signal.aborted) {
    const limitMs = longestVisitMs * (0.3 + 0.7 * random())
    const kinds = [random(), random()]
    const app = await opened(soak).catch(() => null)
    if (app === null) {
      soak.count('window: killed while it opened')
      continue
    }
    const isGone = new Promise<boolean>((resolve) => app.once('close', () => resolve(true)))
    const end = new AbortController()
    const visit = visited(soak, app, kinds, AbortSignal.any([end.signal, soak.signal])).catch(() => false)
    const killed = await Promise.race([visit.then(() => false), isGone, delay(limitMs, false)])
    end.abort()
    soak.count(killed ? 'window: killed' : 'window: closed')
    const main = app.process()
    await Promise.race([app.close().catch(() => undefined), delay(closeLimitMs)])
    if (main.exitCode === null && main.signalCode === null) {
      soak.count('window: did not close within its limit')
      main.kill('SIGKILL')
    }
  }
}

async function opened({ home }: Soak): Promise<ElectronApplication> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return electron.launch({
    executablePath: await findElectron(),
    args: [applicationFolder],
    timeout: 60_000,
    env: { ...Object.fromEntries(inherited), ...runtimeEnvironment, ENGINEBENCH_HOME: home },
  })
}

async function visited(soak: Soak, app: ElectronApplication, kinds: readonly number[], signal: AbortSignal) {
  await app.firstWindow()
  for (const kind of kinds) {
    signal.throwIfAborted()
    const [name, payload] =
      kind < runShare
        ? (['run:start', { plan: planOf(chosen(() => kind / runShare, candidates)) }] as const)
        : (['conversion:start', { recipe: recipeOf(kind) }] as const)
    const answer = await ask(app, name, payload)
    soak.count(`window: ${name} ${answer.ok ? 'began' : `was refused (${answer.error?.code})`}`)
    if (answer.error?.code === 'unexpected') soak.fault(`${name}: ${JSON.stringify(answer)}`)
    for (const list of ['run:list', 'unreadable:list', 'conversion:list', 'artifacts:list', 'noise-floor:list']) {
      const listed = await ask(app, list, {})
      if (!listed.ok) soak.fault(`${list}: ${JSON.stringify(listed)}`)
    }
    for (let isGoing = true; isGoing; isGoing = await isBusy(app)) await delay(1000, undefined, { signal })
  }
}

async function isBusy(app: ElectronApplication): Promise<boolean> {
  const run = await ask(app, 'run:current', {})
  const conversions = await ask(app, 'conversion:list', {})
  const states = (conversions.value ?? []) as readonly { readonly state: string }[]
  return run.value != null || states.some(({ state }) => state === 'queued' || state === 'running')
}

interface Asked {
  readonly ok: boolean
  readonly value?: unknown
  readonly error?: { readonly code: string }
}

/** Through the page's own bridge; a page that crashed once is out of the test runner's reach, but not of the app's. */
function ask(app: ElectronApplication, name: string, payload: unknown): Promise<Asked> {
  return app.evaluate(
    ({ BrowserWindow }, [asked, sent]) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        `window.enginebench.request(${JSON.stringify(asked)}, ${JSON.stringify(sent)})`,
      ),
    [name, payload] as const,
  )
}

function planOf(backends: string): Plan {
  return {
    model: 'digits',
    candidates: backends.split(',').map((each) => {
      const [backend, precision] = each.split(':')
      return { backend, precision, options: {} } as Plan['candidates'][number]
    }),
    ...{ batchSizes: [1, 2], imageFolder: null, imageLimit: 24, inputSize: null, weights: { kind: 'auto' } },
    ...{ device: 'cpu', threads: 1, opset: null, preset: 'quick', seed: 1, budget: { mostLaunches: 1 } },
  }
}

/** A seed of its own, so that it is not in the store yet. */
function recipeOf(drawn: number): Recipe {
  return fakeRecipe({ to: 'onnx', weights: { kind: 'seeded' }, seed: Math.floor(drawn * 100_000), engine: null })
}
