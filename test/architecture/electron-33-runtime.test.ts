// Asks the runtime itself whether it has every member that the code may use. Needs the runtime that `npm test` brings.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { electron33Members } from './electron-33-members.ts'

const executable = process.env.ENGINEBENCH_TEST_ELECTRON ?? ''
const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

const program = `
const electron = require('electron')
const members = ${JSON.stringify(electron33Members)}
electron.app.whenReady().then(() => {
  const window = new electron.BrowserWindow({ show: false })
  const found = { ...electron, webContents: window.webContents }
  // These three live in the page's process.
  const { contextBridge, ipcRenderer, webUtils, ...inMain } = members
  const missing = Object.entries(inMain).flatMap(([name, list]) =>
    list.filter((member) => !(member in (found[name] ?? {}))).map((member) => name + '.' + member))
  console.log('MISSING ' + JSON.stringify(missing) + ' IN ' + process.versions.electron)
  electron.app.exit(0)
})`

test.skipIf(executable === '')('the runtime has every member on the list', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'enginebench-members-'))
  try {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'members', main: 'main.cjs' }))
    await writeFile(join(folder, 'main.cjs'), program)
    const words = [executable, folder, `--user-data-dir=${join(folder, 'profile')}`]
    const [command = '', ...rest] = hasDisplay ? words : ['xvfb-run', '-a', ...words]
    const { stdout } = await promisify(execFile)(command, rest, { timeout: 45_000, killSignal: 'SIGKILL' })
    expect(/MISSING (.*) IN/.exec(stdout)?.[1]).toBe('[]')
  } finally {
    await rm(folder, { recursive: true, maxRetries: 5, force: true })
  }
})
