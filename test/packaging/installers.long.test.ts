// Makes the packages that this machine can make, installs each where nothing else is, starts what it installed on data of
// the first version, and removes it. As root, the window is started as another user, so that Chromium's sandbox is on.
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { version } from '../../package.json'
import { makeAppFolder } from '../../scripts/packaging/app-image.mjs'
import { filesUnder } from '../../scripts/packaging/linux-tree.mjs'
import { firstVersionRuns, placeFirstVersionData } from '../fakes/first-version-data.ts'
import { answerTo, firstPage, startPackagedApp } from './packaged-window.ts'
import { makeReadableFolder, removeFolder } from './stand-in-app.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })

const run = promisify(execFile)
const packageScript = join(import.meta.dirname, '../../scripts/package.mjs')
const isSetUp = Boolean(process.env.ENGINEBENCH_TEST_ELECTRON)
const usesFallback = Boolean(process.env.ENGINEBENCH_RUNTIME_NOTICE)
const has = (program: string) => spawnSync('which', [program]).status === 0
const isRoot = process.getuid?.() === 0
/** `nobody` of every Linux. */
const otherUser = 65534

let folder = ''

beforeAll(async () => {
  folder = await makeReadableFolder('enginebench-installed-')
})
afterAll(() => removeFolder(folder))

async function makePackage(name: string): Promise<string> {
  const words = [packageScript, name, '--fast', ...(usesFallback ? ['--allow-fallback-runtime'] : [])]
  const { stdout } = await run(process.execPath, words, { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}

/** This process's own variables without those that turn the sandbox off or lead elsewhere. */
function environmentOf(home: string, additions: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { ELECTRON_DISABLE_SANDBOX, ELECTRON_OVERRIDE_DIST_PATH, DISPLAY, XAUTHORITY, ...kept } = process.env
  return { ...kept, HOME: home, TMPDIR: home, ENGINEBENCH_HOME: join(home, 'data'), ...additions }
}

/** Hash by file of what a user would miss: all but what is made again when needed, and what is only noted. */
async function treasuresIn(data: string): Promise<Readonly<Record<string, string>>> {
  const kept = filesUnder(data).filter(
    (file: string) => !/^\/(window|logs|cache|temporary)\/|\/run-index\.duckdb/.test(file),
  )
  const hashes = kept.map(async (file: string) => {
    const hash = createHash('sha256')
      .update(await readFile(join(data, file)))
      .digest('hex')
    return [file, hash] as const
  })
  return Object.fromEntries(await Promise.all(hashes))
}

const asUser = ['setpriv', `--reuid=${otherUser}`, `--regid=${otherUser}`, '--clear-groups']

/** The display is the user's own: xvfb-run starts it within the words. */
const startAsUser = (program: string, home: string, ...words: readonly string[]) =>
  startPackagedApp(
    [...asUser, 'xvfb-run', '-a', program, ...words],
    environmentOf(home, { ENGINEBENCH_DEBUGGING: 'on', DISPLAY: 'none' }),
  )

describe.skipIf(!isSetUp || !isRoot || !has('dpkg-deb'))('the .deb', () => {
  let root = ''
  let unpackedApp = ''
  let home = ''
  let before: Readonly<Record<string, string>> = {}
  const program = () => join(root, 'usr/bin/enginebench')
  const dpkg = (...words: readonly string[]) =>
    run('dpkg', [`--root=${root}`, '--force-depends', '--force-script-chrootless', ...words])

  beforeAll(async () => {
    const deb = await makePackage('deb')
    unpackedApp = join(dirname(deb), 'linux-unpacked')
    root = join(folder, 'root')
    for (const each of ['info', 'updates']) await mkdir(join(root, 'var/lib/dpkg', each), { recursive: true })
    await writeFile(join(root, 'var/lib/dpkg/status'), '')
    home = join(root, 'home')
    await mkdir(home)
    placeFirstVersionData(join(home, 'data'))
    before = await treasuresIn(join(home, 'data'))
    await run('chown', ['-R', `${otherUser}:${otherUser}`, home])
    await dpkg('--install', deb)
  })

  test('says its version, and runs the command line by Node', async () => {
    const start = (...words: readonly string[]) => run(program(), words, { env: environmentOf(home) })
    expect((await start('--version')).stdout).toBe(`enginebench ${version}\n`)
    expect((await start('doctor')).stdout).toMatch(/ONNX Runtime \(Node\)\s+ready/)
    const { runs, unreadable } = JSON.parse((await start('runs', '--json')).stdout)
    expect(unreadable).toEqual([])
    expect(runs.map(({ runId }: { runId: string }) => runId).toSorted()).toEqual([...firstVersionRuns].toSorted())
    await run('chown', ['-R', `${otherUser}:${otherUser}`, home])
  })

  test('opens its window in the sandbox, and shows the runs and settings of the first version', async () => {
    const app = startAsUser(program(), home, '--remote-debugging-port=0')
    try {
      const { browser, page } = await firstPage(app)
      const runs = await answerTo(page, 'run:list', {})
      expect(runs.map(({ runId }) => runId).toSorted()).toEqual([...firstVersionRuns].toSorted())
      expect((await answerTo(page, 'settings:read', {})).theme).toBe('light')
      expect(await page.locator('nav').textContent()).toContain('Enginebench')
      expect(await sandboxes(join(root, 'usr/lib/enginebench/enginebench'))).toEqual({
        switches: [],
        renderersFiltered: true,
      })
      await browser.close()
    } finally {
      await app.end()
    }
  })

  test('prints a report by the engine of the window', async () => {
    const [runId = ''] = firstVersionRuns
    const words = ['report', join(home, 'data', 'runs', runId), '--format', 'pdf', '--out', join(home, 'report')]
    await run(asUser[0] ?? '', [...asUser.slice(1), program(), ...words], { env: environmentOf(home) })
    const pdf = await readFile(join(home, 'report', 'report.pdf'))
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('opens its window in the sandbox from the folder of the AppImage too', async () => {
    const image = makeAppFolder({ appFolder: unpackedApp, outputFolder: folder })
    const app = startAsUser(join(image, 'AppRun'), home, '--remote-debugging-port=0')
    try {
      const { browser } = await firstPage(app)
      expect(await sandboxes(join(image, 'usr/lib/enginebench/enginebench'))).toEqual({
        switches: [],
        renderersFiltered: true,
      })
      await browser.close()
    } finally {
      await app.end()
      await removeFolder(image)
    }
  })

  test('is removed without a trace, and the data of the user is as it was', async () => {
    await dpkg('--remove', 'enginebench')
    const left = filesUnder(root).filter((file: string) => !/^\/(var\/lib\/dpkg|home)\//.test(file))
    expect(left).toEqual([])
    expect(await treasuresIn(join(home, 'data'))).toEqual(before)
  })
})

/**
 * What the processes of a program say of their sandbox: switches that turn it off, and filters of their system calls. Words
 * of processes that Chromium forks are separated by spaces.
 */
async function sandboxes(executable: string) {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const read = (pid: string, name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const processes = await Promise.all(
    numbers.map(async (pid) => ({
      words: (await read(pid, 'cmdline')).split(/[\0 ]/),
      status: await read(pid, 'status'),
    })),
  )
  const own = processes.filter(({ words }) => words[0] === executable)
  const renderers = own.filter(({ words }) => words.includes('--type=renderer'))
  return {
    switches: own.flatMap(({ words }) => words.filter((word) => /^--(no-sandbox|disable-.*sandbox)/.test(word))),
    renderersFiltered: renderers.length > 0 && renderers.every(({ status }) => /^Seccomp:\s2$/m.test(status)),
  }
}

describe.skipIf(!isSetUp)('the command line by npm', () => {
  let prefix = ''
  let home = ''
  const npm = (...words: readonly string[]) =>
    run('npm', [...words, '--global', '--prefix', prefix, '--cache', join(folder, 'empty-cache'), '--offline'], {
      cwd: folder,
      env: environmentOf(home),
    })
  const start = (...words: readonly string[]) =>
    run(join(prefix, 'bin/enginebench'), words, { env: environmentOf(home), cwd: home })

  beforeAll(async () => {
    prefix = join(folder, 'prefix')
    home = join(folder, 'npm-home')
    await mkdir(home)
    await mkdir(prefix)
    placeFirstVersionData(join(home, 'data'))
    await npm('install', await makePackage('command-line'))
  })

  test('installs offline, without Electron and without anything beside it', async () => {
    expect(await readdir(join(prefix, 'lib/node_modules'))).toEqual(['enginebench'])
    const files = filesUnder(prefix)
    expect(files.filter((file: string) => /electron(\.exe|-v\d|\.asar)?$|\.pak$/.test(file))).toEqual([])
    expect(files.filter((file: string) => /\.tsx?$|__pycache__/.test(file))).toEqual([])
    const own = files.filter((file: string) => !file.includes('/out/') && !/\/(models|electron)\//.test(file))
    const names = ['LICENSE', 'NOTICE', 'README.md', 'THIRD-PARTY-LICENSES.txt', 'THIRD-PARTY.md', 'package.json']
    expect(own).toEqual(['/bin/enginebench', ...names.map((name) => `/lib/node_modules/enginebench/${name}`)])
  })

  test('measures digits with the engine that it brings, and lists the run beside those of the first version', async () => {
    expect((await start('--version')).stdout).toBe(`enginebench ${version}\n`)
    expect((await start('doctor')).stdout).toMatch(/ONNX Runtime \(Node\)\s+ready/)
    const words = ['--model', 'digits', '--backends', 'onnxruntime-node:fp32', '--batch', '1', '--preset', 'quick']
    await start('run', ...words)
    const { runs } = JSON.parse((await start('runs', '--json')).stdout)
    expect(runs).toHaveLength(firstVersionRuns.length + 1)
    expect(runs[0]).toMatchObject({ state: 'completed', modelName: 'Digits', simulated: false })
  })

  test('names what it lacks, as it is called here', async () => {
    const refused = await start('run', '--model', 'digits', '--backends', 'torch-eager:fp32').catch((error) => error)
    expect(refused.stderr).toContain('enginebench setup python')
    expect(refused.stderr).not.toContain('npm run')
  })

  test('is removed without a trace, and the data stays', async () => {
    const before = await treasuresIn(join(home, 'data'))
    await npm('uninstall', 'enginebench')
    expect(filesUnder(prefix)).toEqual([])
    expect(await treasuresIn(join(home, 'data'))).toEqual(before)
  })
})
