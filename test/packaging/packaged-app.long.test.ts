// Packages the app as `npm run package` does, reads the fuses of the executable and starts it. Needs what `npm test`
// brings.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { extractFile, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { version } from '../../package.json'
import { answerTo, firstPage, type StartedApp, startPackagedApp } from './packaged-window.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 400_000 })

const repositoryFolder = dirname(dirname(import.meta.dirname))
const packageScript = join(repositoryFolder, 'scripts', 'package.mjs')
const isSetUp = Boolean(process.env.ENGINEBENCH_TEST_ELECTRON)
const usesFallback = Boolean(process.env.ENGINEBENCH_RUNTIME_NOTICE)

describe.skipIf(!isSetUp)('the packaged app', () => {
  let executable = ''
  let resources = ''

  beforeAll(async () => {
    const words = [packageScript, 'app', ...(usesFallback ? ['--allow-fallback-runtime'] : [])]
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 64 * 1024 * 1024 })
    executable = stdout.trim().split('\n').at(-1) ?? ''
    resources = join(dirname(executable), 'resources')
  })

  test('rule-19: has the fuses that close its back doors', async () => {
    const wire = await getCurrentFuseWire(executable)
    const isOn = (fuse: FuseV1Options) => String.fromCharCode(wire[fuse] ?? 0) === '1'
    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      nodeOptionsVariable: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      nodeInspectArguments: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      fileProtocolExtraPrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
      browserSnapshot: isOn(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      onlyLoadAppFromAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
    }).toEqual({
      runAsNode: false,
      nodeOptionsVariable: false,
      nodeInspectArguments: false,
      fileProtocolExtraPrivileges: false,
      browserSnapshot: false,
      onlyLoadAppFromAsar: true,
      asarIntegrity: true,
      cookieEncryption: true,
    })
  })

  test('holds only the native library of this platform, beside the app, and no default app', async () => {
    const natives = join(resources, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6')
    expect(await readdir(natives)).toEqual([process.platform])
    expect(await readdir(join(natives, process.platform))).toEqual([process.arch])
    expect(await readdir(resources)).not.toContain('default_app.asar')
  })

  test('carries models and the Python package as plain files, without tests or other sources', async () => {
    expect((await stat(join(resources, 'models', 'digits', 'model.json'))).isFile()).toBe(true)
    expect((await stat(join(resources, 'electron', 'python', 'worker.py'))).isFile()).toBe(true)
    const archive = join(resources, 'app.asar')
    const inside = listPackage(archive, { isPack: false })
    expect(inside.filter((file) => /\.tsx?$|\/(test|scripts|node_modules)\//.test(file))).toEqual([])
    expect(JSON.parse(extractFile(archive, 'package.json').toString()).version).toBe(version)
  })

  test('carries its licences, and those of all that it includes', async () => {
    const texts = await readFile(join(resources, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    const named = texts.match(/^\S+ \d+\.\d+\.\d\S* \(.+\)$/gm)?.map((line) => line.split(' ')[0])
    expect(named).toEqual(
      expect.arrayContaining(['@duckdb/node-api', '@mantine/core', 'onnxruntime-node', 'react', 'zod']),
    )
    expect(await readdir(resources)).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'THIRD-PARTY.md']))
    expect(await readdir(dirname(executable))).toEqual(expect.arrayContaining(['LICENSES.chromium.html']))
  })

  describe('started', () => {
    let home = ''
    let started: StartedApp | null = null

    function start(words: readonly string[], environment: Record<string, string> = {}): StartedApp {
      started = startPackagedApp([executable, ...words], { ...process.env, ENGINEBENCH_HOME: home, ...environment })
      return started
    }

    const untilItAskedForRuns = () =>
      expect.poll(() => readdir(home), { timeout: 60_000 }).toContain('run-index.duckdb')

    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'enginebench-packaged-'))
    })
    afterEach(async () => {
      await started?.end()
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    })

    test('shows its window, and its own engine answers without any Python', async () => {
      const app = start(['--remote-debugging-port=0'], { ENGINEBENCH_DEBUGGING: 'on' })
      const { browser, page } = await firstPage(app)
      const backends = await answerTo(page, 'backends:list', { refresh: false })
      expect(backends.find(({ id }) => id === 'onnxruntime-node')).toMatchObject({ available: true, reason: null })
      expect(await listeningPorts(app.process.pid ?? 0)).toHaveLength(1)
      await browser.close()
    })

    test.each([
      [['--remote-debugging-port=0']],
      [['--remote-debugging-port=0', '--remote-debugging-address=0.0.0.0', '--remote-allow-origins=*']],
      [['--inspect=0']],
      [['--inspect-brk=0']],
    ])('lets nobody debug its page or its main process by %s', async (words) => {
      const app = start(words)
      await untilItAskedForRuns()
      expect(app.told()).not.toMatch(/listening on ws/i)
      expect(await listeningPorts(app.process.pid ?? 0)).toEqual([])
    })

    test('lets nobody debug its page over a pipe, which only the variable of this test opens', async () => {
      const question = { id: 1, method: 'Browser.getVersion' }
      const open = start(['--remote-debugging-pipe'], { ENGINEBENCH_DEBUGGING: 'on' })
      open.askOverPipe(question)
      await expect.poll(open.pipeAnswers, { timeout: 60_000 }).toContain('"id":1')
      await open.end()
      await rm(join(home, 'run-index.duckdb'), { force: true })
      const closed = start(['--remote-debugging-pipe'])
      closed.askOverPipe(question)
      await untilItAskedForRuns()
      expect(closed.pipeAnswers()).toBe('')
    })
  })
})

/** Of a process's group, from the tables of the system. */
async function listeningPorts(groupId: number): Promise<readonly string[]> {
  const inGroup = async (pid: string) => {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[2]) === groupId
  }
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const own = (await Promise.all(numbers.map(async (pid) => ((await inGroup(pid)) ? [pid] : [])))).flat()
  const sockets = new Set<string>()
  for (const pid of own) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? []
      if (inode) sockets.add(inode)
    }
  }
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  const listening = '0A'
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening && sockets.has(fields[9] ?? ''))
    .map((fields) => fields[1] ?? '')
}

test.skipIf(!isSetUp || !usesFallback)('the fallback runtime is packaged only when asked for', async () => {
  const refused = promisify(execFile)(process.execPath, [packageScript, 'app'])
  await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('may be shipped') })
})

test('the builder’s configuration downloads nothing and rebuilds nothing', async () => {
  const configuration = await readFile(join(repositoryFolder, 'electron-builder.yml'), 'utf8')
  expect(configuration).toContain('npmRebuild: false')
  expect(configuration).not.toMatch(/AppImage|deb|snap|rpm/)
})
