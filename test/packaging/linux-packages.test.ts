// The Linux packages around a stand-in for the app: installed by dpkg into an empty folder, and removed again.
import { execFile, spawnSync } from 'node:child_process'
import { chmod, lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../package.json'
import { makeAppFolder } from '../../scripts/packaging/app-image.mjs'
import { makeDeb } from '../../scripts/packaging/deb.mjs'
import { filesUnder } from '../../scripts/packaging/linux-tree.mjs'
import { makeRpm } from '../../scripts/packaging/rpm.mjs'
import { makeReadableFolder, makeStandInApp, removeFolder } from './stand-in-app.ts'

const run = promisify(execFile)
const has = (program: string) => spawnSync('which', [program]).status === 0
const canInstall = has('dpkg-deb') && has('dpkg') && process.getuid?.() === 0

const installed = [
  '/usr/bin/enginebench',
  '/usr/lib/enginebench/apparmor-profile',
  '/usr/lib/enginebench/chrome-sandbox',
  '/usr/lib/enginebench/enginebench',
  '/usr/lib/enginebench/launch',
  '/usr/lib/enginebench/resources/app.asar',
  '/usr/lib/enginebench/resources/app.asar.unpacked/out/cli/enginebench.cjs',
  '/usr/lib/enginebench/resources/electron/python/worker.py',
  '/usr/share/applications/enginebench.desktop',
  '/usr/share/doc/enginebench/changelog.gz',
  '/usr/share/doc/enginebench/copyright',
  '/usr/share/doc/enginebench/installing.md',
  '/usr/share/icons/hicolor/512x512/apps/enginebench.png',
  '/usr/share/icons/hicolor/scalable/apps/enginebench.svg',
]

let folder = ''
let appFolder = ''

beforeAll(async () => {
  folder = await makeReadableFolder('enginebench-packages-')
  appFolder = await makeStandInApp(join(folder, 'app'))
})
afterAll(() => removeFolder(folder))

/** What is in a root that dpkg manages, without dpkg's own files. */
async function contentsOf(root: string): Promise<readonly string[]> {
  return filesUnder(root).filter((file: string) => !file.startsWith('/var/lib/dpkg/'))
}

describe.skipIf(!canInstall)('the .deb', () => {
  let deb = ''

  beforeAll(async () => {
    deb = await makeDeb({ appFolder, outputFolder: folder, fast: true })
  })

  /** An empty root: a package database, AppArmor's folder if asked for, and somebody's data. */
  async function emptyRoot(name: string, { apparmor }: { apparmor: boolean }): Promise<string> {
    const root = join(folder, name)
    for (const each of ['info', 'updates']) await mkdir(join(root, 'var/lib/dpkg', each), { recursive: true })
    await writeFile(join(root, 'var/lib/dpkg/status'), '')
    await mkdir(join(root, 'home/me/.local/share/enginebench/runs'), { recursive: true })
    await writeFile(join(root, 'home/me/.local/share/enginebench/settings.json'), '{}')
    if (apparmor) await mkdir(join(root, 'etc/apparmor.d'), { recursive: true })
    return root
  }

  /** @param parser what a stand-in for AppArmor's parser answers; it notes how it was called. */
  async function dpkg(root: string, words: readonly string[], parser: 0 | 1 = 0): Promise<void> {
    const programs = join(root, '..', 'programs')
    await mkdir(programs, { recursive: true })
    await writeFile(
      join(programs, 'apparmor_parser'),
      `#!/bin/sh\necho "$*" >> ${folder}/parser-calls\nexit ${parser}\n`,
    )
    await chmod(join(programs, 'apparmor_parser'), 0o755)
    const environment = { ...process.env, PATH: `${programs}:${process.env.PATH}` }
    const forced = ['--force-depends', '--force-script-chrootless']
    await run('dpkg', [`--root=${root}`, ...forced, ...words], { env: environment })
  }

  const data = '/home/me/.local/share/enginebench/settings.json'

  test('names what it is and what it needs', async () => {
    const { stdout } = await run('dpkg-deb', ['--field', deb])
    const fields = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/: (.*)/s).slice(0, 2))
    const libraries = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libatk-bridge2.0-0', 'libcups2']
    expect(Object.fromEntries(fields)).toEqual({
      Package: 'enginebench',
      Version: version,
      Architecture: process.arch === 'x64' ? 'amd64' : 'arm64',
      Maintainer: 'The Enginebench authors',
      'Installed-Size': expect.stringMatching(/^\d+$/),
      Depends: libraries.map((name) => `${name} | ${name}t64`).join(', '),
      Suggests: 'nodejs (>= 20.19)',
      Section: 'devel',
      Priority: 'optional',
      Description: expect.stringMatching(/^Measures which inference engine to ship/),
      ' The window, and the command line if Node 20.19 or newer is installed.': undefined,
    })
  })

  test('installs root’s files, readable by all, with the one helper that makes the sandbox', async () => {
    const root = await emptyRoot('plain', { apparmor: false })
    await dpkg(root, ['--install', deb])
    expect(await contentsOf(root)).toEqual([data, ...installed])
    const modes = await Promise.all(
      installed.slice(1).map(async (file) => {
        const { mode, uid } = await lstat(join(root, file))
        return [file, (mode & 0o7777).toString(8), uid]
      }),
    )
    const programs = ['launch', 'enginebench'].map((name) => `/usr/lib/enginebench/${name}`)
    const modeOf = (file: string) =>
      programs.includes(file) ? '755' : file.endsWith('/chrome-sandbox') ? '4755' : '644'
    expect(modes).toEqual(installed.slice(1).map((file) => [file, modeOf(file), 0]))
    expect(await readlink(join(root, '/usr/bin/enginebench'))).toBe('../lib/enginebench/launch')
    const verified = await run('dpkg', [`--root=${root}`, '--verify', 'enginebench'])
    expect(verified.stdout).toBe('')
  })

  test('leaves nothing of its own when it is removed, and everything of the user', async () => {
    const root = await emptyRoot('removed', { apparmor: true })
    await dpkg(root, ['--install', deb])
    const compiled = join(root, 'usr/lib/enginebench/resources/electron/python/__pycache__')
    await mkdir(compiled)
    await writeFile(join(compiled, 'worker.pyc'), '')
    await dpkg(root, ['--remove', 'enginebench'])
    expect(await contentsOf(root)).toEqual([data])
    expect(await readdir(join(root, 'usr/lib')).catch(() => [])).toEqual([])
  })

  test('gives AppArmor a profile that allows user namespaces, and takes it away', async () => {
    const root = await emptyRoot('apparmor', { apparmor: true })
    await dpkg(root, ['--install', deb])
    const profile = join(root, 'etc/apparmor.d/enginebench')
    expect(await readFile(profile, 'utf8')).toMatch(
      /^profile enginebench \/usr\/lib\/enginebench\/enginebench flags=\(unconfined\) \{\n {2}userns,\n/m,
    )
    const calls = await readFile(join(folder, 'parser-calls'), 'utf8')
    expect(calls).toContain(`--skip-kernel-load --skip-cache ${root}/usr/lib/enginebench/apparmor-profile`)
    await dpkg(root, ['--install', deb])
    expect(await contentsOf(root)).toContain('/etc/apparmor.d/enginebench')
    await dpkg(root, ['--remove', 'enginebench'])
    expect(await contentsOf(root)).toEqual([data])
  })

  test('replaces an older version, of which nothing stays but the data', async () => {
    const root = await emptyRoot('updated', { apparmor: true })
    const older = join(folder, 'older')
    await run('dpkg-deb', ['--raw-extract', deb, older])
    const control = join(older, 'DEBIAN', 'control')
    await writeFile(control, (await readFile(control, 'utf8')).replace(/^Version: .*$/m, 'Version: 0.0.9'))
    await writeFile(join(older, 'usr/lib/enginebench/only-in-the-older'), '')
    await run('dpkg-deb', ['-Zgzip', '--root-owner-group', '--build', older, `${older}.deb`])
    await dpkg(root, ['--install', `${older}.deb`])
    expect(await contentsOf(root)).toContain('/usr/lib/enginebench/only-in-the-older')
    await dpkg(root, ['--install', deb])
    expect(await contentsOf(root)).toEqual(['/etc/apparmor.d/enginebench', data, ...installed])
  })

  test('installs no profile where AppArmor is too old to understand it', async () => {
    const root = await emptyRoot('old-apparmor', { apparmor: true })
    await dpkg(root, ['--install', deb], 1)
    expect(await contentsOf(root)).toEqual([data, ...installed])
  })
})

describe.skipIf(process.platform !== 'linux')('the folder of the AppImage', () => {
  test('starts by what starts the app elsewhere, with no privileged helper', async () => {
    const image = makeAppFolder({ appFolder, outputFolder: folder })
    expect(await readlink(join(image, 'AppRun'))).toBe('usr/lib/enginebench/launch')
    expect((await lstat(join(image, 'usr/lib/enginebench/chrome-sandbox'))).mode & 0o7777).toBe(0o755)
    expect(await readdir(image)).toEqual(['.DirIcon', 'AppRun', 'enginebench.desktop', 'enginebench.png', 'usr'])
    expect(spawnSync(join(image, 'AppRun'), ['--version'], { encoding: 'utf8' }).stdout).toBe(
      `enginebench ${version}\n`,
    )
    const texts = await Promise.all(
      ['enginebench.desktop', 'usr/lib/enginebench/launch'].map((file) => readFile(join(image, file), 'utf8')),
    )
    expect(
      texts
        .join('')
        .match(/^Exec=.*|.*exec .*/gm)
        ?.filter((line) => line.includes('--no-sandbox')),
    ).toEqual([])
  })
})

describe.skipIf(!has('rpmbuild') || process.getuid?.() !== 0)('the .rpm', () => {
  const filesOfRpm = installed.filter((file) => !file.endsWith('/changelog.gz'))
  let rpm = ''

  beforeAll(async () => {
    rpm = await makeRpm({ appFolder, outputFolder: folder, fast: true })
  })
  const query = async (...words: readonly string[]) =>
    (await run('rpm', ['--query', '--package', ...words, rpm])).stdout

  test('holds the same files, with the same helper, and the same scripts', async () => {
    expect((await query('--list')).trim().split('\n')).toEqual(['/usr/lib/enginebench', ...filesOfRpm].toSorted())
    expect(await query('--queryformat', '[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\n]')).toContain(
      '-rwsr-xr-x root /usr/lib/enginebench/chrome-sandbox\n',
    )
    expect(await query('--requires')).toContain('libgtk-3.so.0()(64bit)\n')
    expect(await query('--scripts')).toContain('apparmor_parser --skip-kernel-load')
  })

  test('is installed into an empty folder and removed again without a trace', async () => {
    const root = join(folder, 'rpm-root')
    await mkdir(root)
    // An empty folder has no shell for the scripts.
    const options = ['--root', root, '--dbpath', '/database', '--noscripts', '--nodeps']
    const rpmIn = (...words: readonly string[]) => run('rpm', [...options, ...words])
    const contents = () => filesUnder(root).filter((file: string) => !file.startsWith('/database/'))
    await rpmIn('--install', rpm)
    expect(contents()).toEqual(filesOfRpm)
    await rpmIn('--erase', 'enginebench')
    expect(contents()).toEqual([])
  })
})
