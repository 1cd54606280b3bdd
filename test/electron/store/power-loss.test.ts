// The power fails at every single step of the file layer, one step after the other, also in the middle of a write. What is
// there afterwards is the old state or the new one, never a part, and the next start works.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { FloorFiles } from '../../../electron/noise-floors/floor-files.ts'
import { writeAtomically } from '../../../electron/store/atomic-file.ts'
import { openRunFolder } from '../../../electron/store/run-folder.ts'
import { createRunStore } from '../../../electron/store/run-store.ts'
import { createRunWriter } from '../../../electron/store/run-writer.ts'
import { createSettingsStore, defaultSettings } from '../../../electron/store/settings-store.ts'
import type { NoiseFloor } from '../../../shared/domain/noise-floor.ts'
import { exampleBlock, exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

interface Power {
  /** Steps that still work; after them it is off, and nothing works until it is on again. */
  stepsLeft: number
  isOff: boolean
  /** What the process that lost its power had open. */
  readonly opened: { close(): Promise<void> }[]
}

const { power, cutBefore } = vi.hoisted(() => {
  const state: Power = { stepsLeft: Number.POSITIVE_INFINITY, isOff: false, opened: [] }
  return {
    power: state,
    /** True if the power fails at this step. */
    cutBefore(isStep: boolean): boolean {
      if (state.isOff) return true
      if (!isStep) return false
      if (state.stepsLeft === 0) state.isOff = true
      else state.stepsLeft -= 1
      return state.isOff
    },
  }
})

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  const cut = () => Promise.reject(Object.assign(new Error('The power is off.'), { code: 'EPOWER' }))
  type Call = (...words: never[]) => Promise<unknown>
  const guarded =
    (call: Call, isStep: boolean): Call =>
    (...words) =>
      cutBefore(isStep) ? cut() : call(...words)
  const halfWritten =
    (write: (content: string | Uint8Array) => Promise<unknown>) =>
    async (content: string | Uint8Array): Promise<unknown> => {
      const wasOff = power.isOff
      if (!cutBefore(true)) return write(content)
      if (!wasOff) await write(content.slice(0, content.length / 2))
      return cut()
    }
  const handleOf = (handle: import('node:fs/promises').FileHandle) =>
    new Proxy(handle, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        const call = value.bind(target)
        if (name === 'writeFile' || name === 'appendFile') return halfWritten(call)
        return name === 'close' ? call : guarded(call, name === 'sync' || name === 'datasync')
      },
    })
  const steps = ['mkdir', 'rename', 'rm', 'link', 'writeFile', 'appendFile'] as const
  const looks = ['readFile', 'readdir', 'stat', 'lstat', 'access', 'realpath', 'utimes'] as const
  return {
    ...original,
    ...Object.fromEntries(steps.map((name) => [name, guarded(original[name] as unknown as Call, true)])),
    ...Object.fromEntries(looks.map((name) => [name, guarded(original[name] as unknown as Call, false)])),
    open: async (...words: Parameters<typeof original.open>) => {
      const [, flags = 'r'] = words
      const isRead = typeof flags === 'number' ? (flags & 3) === 0 : flags === 'r'
      if (cutBefore(!isRead)) return cut()
      const handle = await original.open(...words)
      power.opened.push(handle)
      return handleOf(handle)
    },
  }
})

async function powerOn(): Promise<void> {
  for (const handle of power.opened.splice(0)) await handle.close().catch(() => undefined)
  power.stepsLeft = Number.POSITIVE_INFINITY
  power.isOff = false
}

afterEach(powerOn)

const root = temporaryFolder()

/**
 * Does `work` in a folder that `prepare` made, and lets the power fail before step 0, 1, 2 and so on, until it no longer
 * does. `check` sees what is left each time.
 */
async function atEveryStep<Prepared>(
  name: string,
  prepare: (folder: string) => Promise<Prepared>,
  work: (folder: string, prepared: Prepared) => Promise<unknown>,
  check: (folder: string, prepared: Prepared, isDone: boolean) => Promise<void>,
): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    const folder = join(root, `${name}-${steps}`)
    await mkdir(folder)
    const prepared = await prepare(folder)
    power.stepsLeft = steps
    const isDone = await work(folder, prepared).then(
      () => true,
      () => false,
    )
    const failed = power.isOff
    await powerOn()
    expect([steps, failed]).toEqual([steps, !isDone])
    await check(folder, prepared, isDone)
    if (isDone) return steps
  }
}

test('fault-14: a file that is replaced is the old one or the new one', async () => {
  const old = 'old '.repeat(1000)
  const steps = await atEveryStep(
    'file',
    (folder) => writeFile(join(folder, 'file'), old),
    (folder) => writeAtomically(join(folder, 'file'), 'new '.repeat(1000)),
    async (folder, _, isDone) => {
      const content = await readFile(join(folder, 'file'), 'utf8')
      expect(['new '.repeat(1000), ...(isDone ? [] : [old])]).toContain(content)
    },
  )
  expect(steps).toBeGreaterThanOrEqual(4)
})

test('fault-14: settings are the old ones or the new ones', async () => {
  const dark = { ...defaultSettings, theme: 'dark' as const }
  const light = { ...defaultSettings, theme: 'light' as const }
  await atEveryStep(
    'settings',
    async (folder) => {
      const store = createSettingsStore(join(folder, 'settings.json'))
      await store.write(dark)
      return store
    },
    (_, store) => store.write(light),
    async (_, store, isDone) => expect([light, ...(isDone ? [] : [dark])]).toContainEqual(await store.read()),
  )
})

const dead = JSON.stringify({ pid: 1, bootId: 'another boot', startTicks: '1' })

/** Of this folder as a data folder, without an index: its own library writes it. */
function storeIn(folder: string) {
  return createRunStore(
    { dataFolder: folder, runsFolder: join(folder, 'runs') },
    { openIndex: () => Promise.reject(new Error('not part of this test')) },
  )
}

test('fault-14: a run is not there, or interrupted with every block that was reported, or complete', async () => {
  const blocks = [0, 1, 2].map((block) => exampleBlock({ block, round: block }))
  const groups = exampleRecord().groups.map((group) => ({
    ...group,
    cases: group.cases.map((entry) => ({ ...entry, state: 'running' as const })),
  }))
  const steps = await atEveryStep(
    'run',
    async () => ({ reported: 0 }),
    async (folder, told) => {
      const writer = await createRunWriter(join(folder, 'runs', 'run-a'))
      await writer.writeRecord(exampleRecord({ runId: 'run-a', state: 'running', endedAt: null, groups }))
      for (const block of blocks) {
        await writer.appendBlock('digits-b1', 'simulated-fp32', block)
        told.reported += 1
      }
      await writer.writeRecord(exampleRecord({ runId: 'run-a' }))
      await writer.close()
    },
    async (folder, { reported }, isDone) => {
      const run = join(folder, 'runs', 'run-a')
      const names: readonly string[] = await readdir(run).catch(() => [])
      // It was this process; the process that lost its power is gone.
      if (names.includes('running.json')) await writeFile(join(run, 'running.json'), dead)
      const store = storeIn(folder)
      await store.recover()
      const states = (await store.list()).map(({ state }) => state)
      expect(await store.unreadable()).toEqual([])
      expect(names.includes('run.json') ? ['interrupted', 'completed'] : [undefined]).toContain(states[0])
      if (isDone) expect(states).toEqual(['completed'])
      if (states.length === 0) return expect(reported).toBe(0)
      const kept = await (await openRunFolder(run)).samples('digits-b1', 'simulated-fp32')
      expect(kept.blocks).toEqual(blocks.slice(0, kept.blocks.length))
      expect(kept.blocks.length).toBeGreaterThanOrEqual(reported)
      expect(kept.tornLines).toBeLessThanOrEqual(1)
      if (states[0] === 'interrupted') {
        expect((await readdir(run)).filter((name) => name !== 'samples')).toEqual(['run.json'])
      }
    },
  )
  expect(steps).toBeGreaterThan(15)
})

test('fault-14: a run that is removed is in the list or in the trash, whole', async () => {
  await atEveryStep(
    'remove',
    async (folder) => {
      await mkdir(join(folder, 'runs', 'run-a'), { recursive: true })
      await writeFile(join(folder, 'runs', 'run-a', 'run.json'), JSON.stringify(exampleRecord({ runId: 'run-a' })))
    },
    (folder) => storeIn(folder).remove('run-a'),
    async (folder, _, isDone) => {
      const listed = (await storeIn(folder).list()).length
      const trash = join(folder, 'trash')
      const thrown = await readdir(trash).catch((): string[] => [])
      expect([listed, thrown.length]).toEqual(isDone ? [0, 1] : [1, 0])
      const whole = isDone ? join(trash, thrown[0] ?? '') : join(folder, 'runs', 'run-a')
      expect((await openRunFolder(whole)).record.runId).toBe('run-a')
    },
  )
})

test('fault-14: folders from elsewhere stay known while another is added or forgotten', async () => {
  const prepare = async (folder: string) => {
    for (const runId of ['run-a', 'run-b']) {
      await mkdir(join(folder, runId))
      await writeFile(join(folder, runId, 'run.json'), JSON.stringify(exampleRecord({ runId })))
    }
    await storeIn(folder).addFolder(join(folder, 'run-a'))
  }
  const idsIn = async (folder: string) => (await storeIn(folder).list()).map(({ runId }) => runId).sort()
  await atEveryStep(
    'add',
    prepare,
    (folder) => storeIn(folder).addFolder(join(folder, 'run-b')),
    async (folder, _, isDone) =>
      expect([['run-a', 'run-b'], ...(isDone ? [] : [['run-a']])]).toContainEqual(await idsIn(folder)),
  )
  await atEveryStep(
    'forget',
    prepare,
    (folder) => storeIn(folder).remove('run-a'),
    async (folder, _, isDone) => expect([[], ...(isDone ? [] : [['run-a']])]).toContainEqual(await idsIn(folder)),
  )
})

test('fault-14: a noise floor is the old one or the new one', async () => {
  const floor = (value: number): NoiseFloor => ({
    ...{ value, comparisons: 40, preset: 'quick', device: 'cpu', subject: 'digits', machineHash: 'ab', protocol: 2 },
    ...{ interval: { low: 0, high: 1, level: 0.95, method: 'order-statistic' } },
    measuredAt: '2026-01-01T00:00:00.000Z',
  })
  await atEveryStep(
    'floor',
    async (folder) => {
      const floors = new FloorFiles(folder)
      for (const value of [0.01, 0.02]) {
        await mkdir(floors.measuringFolder(floor(value)), { recursive: true })
        if (value === 0.01) await floors.keep(floor(value))
      }
      return floors
    },
    (_, floors) => floors.keep(floor(0.02)),
    async (_, floors, isDone) => {
      const found = await floors.find(floor(0.02))
      expect([0.02, ...(isDone ? [] : [0.01])]).toContain(found?.value)
    },
  )
})
