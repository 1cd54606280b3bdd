// Lets the fallback runtime handle `electron FOLDER`: that build of Electron ships without the small program that does
// so. Reads FOLDER/package.json, gives the app its own name, version and path, and loads its main file before the
// `ready` event, as any app expects. Takes the first argument that is not a switch; does not support `-r`, `-i` or a
// page's address.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

function whatStops(folder, manifestFile) {
  if (!folder) return 'Name the folder of an app: electron FOLDER'
  if (!existsSync(manifestFile)) return `${folder} holds no package.json, so there is no app to start`
  return null
}

const target = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
const folder = target ? path.resolve(target) : ''
const manifestFile = path.join(folder, 'package.json')
const obstacle = whatStops(folder, manifestFile)

if (obstacle) {
  console.error(obstacle)
  app.exit(1)
} else {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
  process.defaultApp = true
  app.setName(manifest.productName ?? manifest.name ?? app.getName())
  if (manifest.version) app.setVersion(manifest.version)
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()))
  app.setAppPath(folder)
  try {
    await import(pathToFileURL(path.join(folder, manifest.main ?? 'index.js')).href)
  } catch (error) {
    console.error(error.stack)
    app.exit(1)
  }
}
