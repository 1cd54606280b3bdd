// Packages the app as `npm run package` does, reads the fuses of the executable and starts it. The inspect fuse is off,
// so the page is reached by its own debugging port, which an environment variable opens, and not through the main
// process. Needs what `npm test` brings.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { extractFile, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { chromium } from '@playwright/test'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { version } from '../../package.json'
import { requests } from '../../shared/ipc/contract.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 400_000 })

const repositoryFolder = dirname(dirname(import.meta.dirname))
const packageScript = join(repositoryFolder, 'scripts', 'package.mjs')
const isSetUp = Boolean(process.env.ENGINEBENCH_TEST_ELECTRON)
const usesFallback = Boolean(process.env.ENGINEBENCH_RUNTIME_NOTICE)

describe.skipIf(!isSetUp)('the packaged app', () => {
  let executable = ''
  let resources = ''

  beforeAll(async () => {
    const words = usesFallback ? [packageScript, '--allow-fallback-runtime'] : [packageScript]
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

  test('holds only the native library of this platform, unpacked, and no default app', async () => {
    const natives = join(resources, 'app.asar.unpacked', 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6')
    expect(await readdir(natives)).toEqual([process.platform])
    expect(await readdir(join(natives, process.platform))).toEqual([process.arch])
    expect(await readdir(resources)).not.toContain('default_app.asar')
  })

  test('carries models and the Python package as plain files, without tests or other sources', async () => {
    expect((await stat(join(resources, 'models', 'digits', 'model.json'))).isFile()).toBe(true)
    expect((await stat(join(resources, 'electron', 'python', 'worker.py'))).isFile()).toBe(true)
    const archive = join(resources, 'app.asar')
    const inside = listPackage(archive, { isPack: false }).filter((file) => !file.startsWith('/node_modules'))
    expect(inside.filter((file) => /\.tsx?$|\/test\/|\/scripts\//.test(file))).toEqual([])
    expect(JSON.parse(extractFile(archive, 'package.json').toString()).version).toBe(version)
  })

  describe('started', () => {
    let home = ''
    let program: ChildProcess | null = null

    function start(environment: Record<string, string>): ChildProcess {
      const words = [executable, '--remote-debugging-port=0']
      const onDisplay = process.env.DISPLAY ? words : ['xvfb-run', '-a', ...words]
      const started = spawn(onDisplay[0] ?? '', onDisplay.slice(1), {
        env: { ...process.env, ENGINEBENCH_HOME: home, ...environment },
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      })
      program = started
      return started
    }

    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'enginebench-packaged-'))
    })
    afterEach(async () => {
      if (program?.pid && program.exitCode === null) {
        const ended = once(program, 'exit')
        process.kill(-program.pid, 'SIGKILL')
        await ended
      }
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    })

    test('shows its window, and its own engine answers without any Python', async () => {
      const browser = await chromium.connectOverCDP(await debuggingAddress(start({ ENGINEBENCH_DEBUGGING: 'on' })))
      const [context] = browser.contexts()
      const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
      await page?.waitForFunction(() => 'enginebench' in window)
      const answer = await page?.evaluate(() => window.enginebench?.request('backends:list', { refresh: false }))
      const backends = answer?.ok ? requests['backends:list'].response.parse(answer.value) : []
      expect(backends.find(({ id }) => id === 'onnxruntime-node')).toMatchObject({ available: true, reason: null })
      await browser.close()
    })

    test('lets nobody debug its page', async () => {
      const started = start({})
      const listening = debuggingAddress(started)
      const asked = async () => {
        await expect.poll(() => readdir(home), { timeout: 60_000 }).toContain('run-index.duckdb')
        return 'the window asked for its runs'
      }
      expect(await Promise.race([listening, asked()])).toBe('the window asked for its runs')
    })
  })
})

function debuggingAddress(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    program.stderr?.on('data', (chunk) => {
      text += chunk
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text)
      if (found?.[1]) resolve(found[1])
    })
    program.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${text.slice(-2000)}`)))
  })
}

test.skipIf(!isSetUp || !usesFallback)('the fallback runtime is packaged only when asked for', async () => {
  const refused = promisify(execFile)(process.execPath, [packageScript])
  await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('may be shipped') })
})

test('the builder’s configuration downloads nothing and rebuilds nothing', async () => {
  const configuration = await readFile(join(repositoryFolder, 'electron-builder.yml'), 'utf8')
  expect(configuration).toContain('npmRebuild: false')
  expect(configuration).not.toMatch(/AppImage|deb|snap|rpm/)
})
