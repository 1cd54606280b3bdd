// `npm run package`: what users install, made offline from the Electron that set-up found, in release/.
//
//   npm run package                     everything that this machine can make
//   npm run package -- deb              one or more of: app, deb, rpm, appimage, nsis, dmg, command-line
//   npm run package -- --fast           larger files, packed in seconds
//
// Prints each product's path on stdout; stderr says what was not made, and why. The fallback runtime is unsupported
// upstream and is refused; `--allow-fallback-runtime` packs it for tests, into a folder whose name says so.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt, ensureNodePackages } from './build.mjs'
import { resolveElectronRuntime } from './electron-runtime.mjs'
import { repositoryFolder } from './folders.mjs'
import { makeAppImage } from './packaging/app-image.mjs'
import { makeCommandLine } from './packaging/command-line.mjs'
import { makeDeb } from './packaging/deb.mjs'
import { makeRpm } from './packaging/rpm.mjs'
import { makeInstaller, makeUnpackedApp } from './packaging/unpacked-app.mjs'
import { runScript, StepFailed } from './programs.mjs'

/** In the order in which they are made. `needs`: a program that makes it. */
const products = {
  'command-line': { make: makeCommandLine },
  app: { needsApp: true, make: ({ appFolder }) => join(appFolder, 'enginebench') },
  deb: { needsApp: true, platform: 'linux', needs: 'dpkg-deb', make: makeDeb },
  rpm: { needsApp: true, platform: 'linux', needs: 'rpmbuild', make: makeRpm },
  appimage: { needsApp: true, platform: 'linux', needs: 'appimagetool', make: makeAppImage },
  nsis: { needsApp: true, platform: 'win32', make: (parts) => makeInstaller({ ...parts, target: 'nsis' }) },
  dmg: { needsApp: true, platform: 'darwin', make: (parts) => makeInstaller({ ...parts, target: 'dmg' }) },
}

const { values: options, positionals } = parseArgs({
  options: {
    'allow-fallback-runtime': { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

await runScript(async () => {
  const wanted = chosenProducts()
  await ensureNodePackages()
  await ensureBuilt()
  const parts = await sharedParts(wanted)
  for (const name of wanted) {
    const made = await products[name].make({ ...parts, fast: options.fast })
    console.log([made].flat().join('\n'))
  }
  return 0
})

/** Those that were named, which must be possible; otherwise all that are. */
function chosenProducts() {
  const unknown = positionals.filter((name) => !Object.hasOwn(products, name))
  if (unknown.length > 0) {
    throw new StepFailed(`Unknown: ${unknown.join(', ')}. Choose from: ${Object.keys(products).join(', ')}.`)
  }
  const wanted = Object.keys(products).filter((name) => positionals.length === 0 || positionals.includes(name))
  const obstacles = wanted.map(obstacleOf)
  const impossible = wanted.flatMap((name, index) =>
    obstacles[index] ? [`Not made: ${name}. ${obstacles[index]}`] : [],
  )
  if (positionals.length > 0 && impossible.length > 0) throw new StepFailed(impossible.join('\n'))
  for (const line of impossible) console.error(line)
  return wanted.filter((_, index) => obstacles[index] === null)
}

const platformNames = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' }

function obstacleOf(name) {
  const { platform, needs } = products[name]
  if (platform && platform !== process.platform) return `It can be made on ${platformNames[platform]} only.`
  if (needs && spawnSync('which', [needs]).status !== 0) return `It needs ${needs}, which is not on this machine.`
  return null
}

/** The unpacked app, which all but the command line are made from. */
async function sharedParts(wanted) {
  if (!wanted.some((name) => products[name].needsApp)) {
    const outputFolder = join(repositoryFolder, 'release')
    mkdirSync(outputFolder, { recursive: true })
    return { outputFolder }
  }
  const runtime = await resolveElectronRuntime()
  if (runtime.kind === 'fallback' && !options['allow-fallback-runtime']) {
    throw new StepFailed(
      [
        `Not packaged: this machine has only the ${runtime.notice}, and nothing made with it may be shipped.`,
        'To download the official one: node scripts/electron-runtime.mjs --retry-official',
        'To make packages for tests only: npm run package -- --allow-fallback-runtime',
        'The command line needs no Electron: npm run package -- command-line',
      ].join('\n'),
    )
  }
  const outputFolder = join(repositoryFolder, 'release', ...(runtime.kind === 'fallback' ? ['fallback-runtime'] : []))
  mkdirSync(outputFolder, { recursive: true })
  const shared = { runtime, runtimeNotice: runtime.notice, outputFolder }
  if (process.platform !== 'linux') return shared
  return { ...shared, appFolder: await makeUnpackedApp(shared) }
}
