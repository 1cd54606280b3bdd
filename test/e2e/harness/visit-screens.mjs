// Opens the app, visits every screen, lets Chromium try to reach a host, then connects to a planted host from the main
// process, and ends. A program of its own, because it runs in a network of its own: see network-sink.py.
//
//   node visit-screens.mjs ELECTRON APPLICATION-FOLDER PLANTED-HOST CHROMIUM-HOST
import { _electron as electron } from '@playwright/test'

const [executablePath, applicationFolder, plantedHost, chromiumHost] = process.argv.slice(2)
const app = await electron.launch({ executablePath, args: [applicationFolder], env: process.env })
const page = await app.firstWindow()
await page.waitForLoadState('load')
const links = page.getByRole('navigation', { name: 'Screens' }).getByRole('link')
await links.first().waitFor()
const count = await links.count()
for (let index = 0; index < count; index += 1) {
  await links.nth(index).click()
  await page.getByRole('main').waitFor()
}
const reached = await app.evaluate(
  ({ net, session }, host) =>
    Promise.all(
      [session.defaultSession, session.fromPartition('enginebench', { cache: false }), net].map((from) =>
        from.fetch(`https://${host}/`).then(
          () => 'reached',
          () => 'not reached',
        ),
      ),
    ),
  chromiumHost,
)
await app.evaluate(
  (_electron, host) =>
    new Promise((resolve) => {
      const socket = process.getBuiltinModule('node:net').connect(443, host)
      socket.once('error', resolve).once('connect', resolve)
    }),
  plantedHost,
)
await app.close()
console.log(JSON.stringify({ screens: count, reached }))
