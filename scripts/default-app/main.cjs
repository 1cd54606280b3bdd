// Lets the fallback runtime answer to `electron FOLDER`: that build of Electron ships without the small program which
// does so. Reads FOLDER/package.json, gives the app its own name, version and path, and loads its main file. Takes
// the first argument that is not a switch; does not know `-r`, `-i` or a page's address.
const { app } = require('electron')
const { existsSync, readFileSync } = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

function stop(message) {
  console.error(message)
  app.exit(1)
}

const target = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
const folder = target ? path.resolve(target) : null
const manifestFile = folder ? path.join(folder, 'package.json') : null

if (!folder || !manifestFile) {
  stop('Name the folder of an app: electron FOLDER')
} else if (!existsSync(manifestFile)) {
  stop(`${folder} holds no package.json, so there is no app to start`)
} else {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
  const mainFile = path.join(folder, manifest.main ?? 'index.js')
  if (!existsSync(mainFile)) {
    stop(`${mainFile} is missing; build the app first`)
  } else {
    process.defaultApp = true
    if (manifest.productName || manifest.name) app.setName(manifest.productName ?? manifest.name)
    if (manifest.version) app.setVersion(manifest.version)
    app.setPath('userData', path.join(app.getPath('appData'), app.getName()))
    app.setAppPath(folder)
    import(pathToFileURL(mainFile).href).catch((error) => stop(error.stack))
  }
}
