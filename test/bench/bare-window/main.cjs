// The least that Electron can do: one sandboxed window with one line of text. What our own window is held against.
const { app, BrowserWindow } = require('electron')

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1440, height: 900, webPreferences: { sandbox: true } })
  void window.loadURL('data:text/html,<nav>bare</nav>')
})
