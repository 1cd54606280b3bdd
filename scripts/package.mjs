// `npm run package`: the unpacked Linux app in release/, made offline from the runtime that set-up found. The fallback
// runtime is unsupported upstream and is refused; `-- --allow-fallback-runtime` packs it for tests, into a folder whose
// name says so.
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt, ensureNodePackages } from './build.mjs'
import { resolveElectronRuntime } from './electron-runtime.mjs'
import { repositoryFolder } from './folders.mjs'
import { runScript, StepFailed } from './programs.mjs'

/** @returns the folder that holds the `enginebench` executable. */
export async function packageApp({ allowFallbackRuntime }) {
  await ensureNodePackages()
  await ensureBuilt()
  const runtime = await resolveElectronRuntime()
  if (runtime.kind === 'fallback' && !allowFallbackRuntime) {
    throw new StepFailed(
      [
        `Not packaged: this machine has only the ${runtime.notice}, and nothing made with it may be shipped.`,
        'To download the official one: node scripts/electron-runtime.mjs --retry-official',
        'To make a package for tests only: npm run package -- --allow-fallback-runtime',
      ].join('\n'),
    )
  }
  const output = runtime.kind === 'fallback' ? 'release/fallback-runtime' : 'release'
  rmSync(join(repositoryFolder, output, 'linux-unpacked'), { recursive: true, force: true })
  const { build, Platform } = createRequire(import.meta.url)('electron-builder')
  await build({
    projectDir: repositoryFolder,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      extends: join(repositoryFolder, 'electron-builder.yml'),
      directories: { output },
      electronDist: runtime.distFolder,
      electronVersion: runtime.electronVersion,
      afterPack: removeDefaultApp,
    },
  })
  return join(repositoryFolder, output, 'linux-unpacked')
}

/** The packaged app is the only one in it. */
async function removeDefaultApp({ appOutDir }) {
  rmSync(join(appOutDir, 'resources', 'default_app.asar'), { recursive: true, force: true })
  rmSync(join(appOutDir, 'version'), { force: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    const folder = await packageApp({ allowFallbackRuntime: process.argv.includes('--allow-fallback-runtime') })
    if (!existsSync(join(folder, 'enginebench'))) throw new StepFailed(`${folder} holds no executable`)
    console.log(join(folder, 'enginebench'))
    return 0
  })
}
