// The AppImage: the same tree with an AppRun that is our own, since electron-builder's starts the app without its
// sandbox. The last step needs appimagetool, which nothing here downloads.
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { requireProgram } from '../programs.mjs'
import { layOutTree } from './linux-tree.mjs'
import { processors, product } from './product.mjs'

/** @returns the folder that becomes the AppImage; its AppRun starts the app as well. */
export function makeAppFolder({ appFolder, outputFolder }) {
  const folder = join(outputFolder, `${product.title}.AppDir`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  layOutTree(folder, { appFolder, program: product.name, setuidSandbox: false })
  symlinkSync(`usr/lib/${product.name}/launch`, join(folder, 'AppRun'))
  for (const [from, to] of [
    [`usr/share/applications/${product.name}.desktop`, `${product.name}.desktop`],
    [`usr/share/icons/hicolor/512x512/apps/${product.name}.png`, `${product.name}.png`],
    [`usr/share/icons/hicolor/512x512/apps/${product.name}.png`, '.DirIcon'],
  ]) {
    copyFileSync(join(folder, from), join(folder, to))
  }
  return folder
}

/** @returns the file. */
export async function makeAppImage({ appFolder, outputFolder }) {
  const architecture = processors[process.arch].appImage
  const file = join(outputFolder, `${product.title}-${product.version}-${architecture}.AppImage`)
  const folder = makeAppFolder({ appFolder, outputFolder })
  try {
    const env = { ARCH: architecture, VERSION: product.version }
    await requireProgram('Making the AppImage', 'appimagetool', ['--no-appstream', folder, file], { env })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return file
}
