// Finds the Electron that runs the app: the official build of the pinned `electron` package where it can be fetched,
// else the fallback runtime. Says which on stderr; prints the folder that holds `electron` on stdout when run:
//
//   node scripts/electron-runtime.mjs [--inspectable] [--retry-official]
//
// To start the built app by hand, as root and without a display:
//
//   ELECTRON_OVERRIDE_DIST_PATH="$(node scripts/electron-runtime.mjs)" ELECTRON_DISABLE_SANDBOX=1 \
//     xvfb-run -a npx electron .
//
// An official download that failed is not tried again for the same version unless asked for.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  fallbackElectronVersion,
  fallbackNotice,
  fallbackRuntime,
  fallbackRuntimeIsReady,
} from './fallback-runtime.mjs'
import { repositoryFolder, setupCacheFolder } from './repository.mjs'

const electronFolder = join(repositoryFolder, 'node_modules', 'electron')
const downloadLimitSeconds = Number(process.env.ENGINEBENCH_ELECTRON_DOWNLOAD_SECONDS ?? 300)

function officialVersion() {
  return JSON.parse(readFileSync(join(electronFolder, 'package.json'), 'utf8')).version
}

function officialDist() {
  const dist = join(electronFolder, 'dist')
  try {
    const version = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    return version === officialVersion() && existsSync(join(dist, 'electron')) ? dist : null
  } catch {
    return null
  }
}

function failureMarker() {
  return join(setupCacheFolder, 'electron', `official-${officialVersion()}-unreachable`)
}

function downloadOfficial(log) {
  log(`fetching the official Electron ${officialVersion()}`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(electronFolder, 'install.js')], { stdio: ['ignore', 'ignore', 'pipe'] })
    let reason = ''
    const limit = setTimeout(() => {
      reason = `no answer within ${downloadLimitSeconds} s`
      child.kill('SIGKILL')
    }, downloadLimitSeconds * 1000)
    child.stderr.on('data', (chunk) => {
      reason ||= String(chunk).split('\n')[0]
    })
    child.on('close', () => {
      clearTimeout(limit)
      resolve(officialDist() ? null : reason || 'the download left no runtime')
    })
  })
}

/**
 * @returns `{ kind: 'official' | 'fallback', electronVersion, distFolder, executable, notice }`; `notice` is null for
 * the official build. Throws when neither can be had, with what to do.
 */
export async function resolveElectronRuntime({
  inspectable = false,
  retryOfficial = false,
  log = (line) => console.error(`electron: ${line}`),
} = {}) {
  const official = await findOfficial({ retryOfficial, log })
  if (official) {
    return runtimeOf('official', officialVersion(), official, null)
  }
  const dist = await fallbackRuntime({ inspectable, log }).catch((error) => {
    throw new Error(
      `No Electron could be had: ${error.message}\nThe command line needs none: npm run enginebench -- doctor`,
    )
  })
  return runtimeOf('fallback', fallbackElectronVersion, dist, fallbackNotice)
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
  log(`the official build cannot be fetched (${failure}); using the ${fallbackNotice}`)
  mkdirSync(dirname(marker), { recursive: true })
  writeFileSync(marker, `${failure}\n`)
  return null
}

function runtimeOf(kind, electronVersion, distFolder, notice) {
  return { kind, electronVersion, distFolder, executable: join(distFolder, 'electron'), notice }
}

/** What a process needs in its environment to start this runtime; says aloud what it gives up as root. */
export function runtimeEnvironment(runtime, log = (line) => console.error(line)) {
  const asRoot = process.getuid?.() === 0
  if (asRoot) log('running as root: the operating system’s sandbox is off (ELECTRON_DISABLE_SANDBOX=1)')
  return {
    ELECTRON_OVERRIDE_DIST_PATH: runtime.distFolder,
    ...(asRoot ? { ELECTRON_DISABLE_SANDBOX: '1' } : {}),
    ...(runtime.notice ? { ENGINEBENCH_RUNTIME_NOTICE: runtime.notice } : {}),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const runtime = await resolveElectronRuntime({
      inspectable: process.argv.includes('--inspectable'),
      retryOfficial: process.argv.includes('--retry-official'),
    })
    if (runtime.notice) console.error(`electron: ${runtime.notice}`)
    console.log(runtime.distFolder)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
