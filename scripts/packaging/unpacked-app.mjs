// The unpacked app, and the installers of Windows and macOS, by electron-builder from an Electron that is on this machine.
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { repositoryFolder } from '../folders.mjs'
import { StepFailed } from '../programs.mjs'
import { copyNativePackages } from './native-packages.mjs'
import { licenceTextsName, ownNotices, writeLicenceTexts } from './notices.mjs'

/** @returns the folder that holds the `enginebench` executable. */
export async function makeUnpackedApp({ runtime, outputFolder }) {
  const folder = join(outputFolder, `${process.platform}-unpacked`)
  rmSync(folder, { recursive: true, force: true })
  await runBuilder({ runtime, outputFolder, target: 'dir' })
  if (!existsSync(join(folder, 'enginebench'))) throw new StepFailed(`Not packaged: ${folder} holds no executable.`)
  return folder
}

/** @param options.target `nsis` on Windows, `dmg` on macOS. @returns the files. */
export function makeInstaller({ runtime, outputFolder, target }) {
  return runBuilder({ runtime, outputFolder, target })
}

async function runBuilder({ runtime, outputFolder, target }) {
  const { build, Platform } = createRequire(import.meta.url)('electron-builder')
  const platform = { linux: Platform.LINUX, win32: Platform.WINDOWS, darwin: Platform.MAC }[process.platform]
  return build({
    projectDir: repositoryFolder,
    targets: platform.createTarget(target),
    publish: 'never',
    config: {
      extends: join(repositoryFolder, 'electron-builder.yml'),
      directories: { output: outputFolder },
      electronDist: runtime.distFolder,
      electronVersion: runtime.electronVersion,
      afterPack: completeResources,
    },
  })
}

/**
 * The packaged app is the only one in it. Native packages lie beside it, where Electron and Node both search, and so do
 * its licences.
 */
async function completeResources({ appOutDir, packager }) {
  const resources = packager.getResourcesDir(appOutDir)
  rmSync(join(resources, 'default_app.asar'), { recursive: true, force: true })
  rmSync(join(appOutDir, 'version'), { force: true })
  copyNativePackages(join(resources, 'node_modules'))
  for (const name of ownNotices) copyFileSync(join(repositoryFolder, name), join(resources, name))
  writeLicenceTexts(join(resources, licenceTextsName), ['main', 'renderer', 'cli', 'workers'])
}
