// Pictures of every scenario in both themes, with the page's real policy: `node capture.ts OUT_FOLDER [scenario…]`.
// CHROMIUM names the browser; violations of the policy and errors of the page are printed and fail the command.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { chromium } from '@playwright/test'
import { contentSecurityPolicy } from '../../../electron/content/content-policy.ts'
import { scenarios } from '../scenarios.ts'

const built = 'out/rehearsal'
const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

const [outFolder = 'out/pictures', ...wanted] = process.argv.slice(2)
await mkdir(outFolder, { recursive: true })

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
  const file = join(built, path === '/' ? 'index.html' : path)
  readFile(file).then(
    (bytes) => {
      const nonce = randomBytes(16).toString('base64')
      const html = extname(file) === '.html'
      response.writeHead(200, {
        'content-type': kinds[extname(file)] ?? 'application/octet-stream',
        ...(html ? { 'content-security-policy': contentSecurityPolicy({ nonce }) } : {}),
      })
      response.end(html ? bytes.toString('utf8').replaceAll('__CSP_NONCE__', nonce) : bytes)
    },
    () => response.writeHead(404).end(),
  )
})
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
const address = server.address()
const port = typeof address === 'object' && address ? address.port : 0

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
let complaints = 0
for (const name of wanted.length > 0 ? wanted : Object.keys(scenarios)) {
  for (const theme of ['dark', 'light']) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      complaints += 1
      console.log(`${name} ${theme}: ${message.text()}`)
    })
    page.on('pageerror', (error) => {
      complaints += 1
      console.log(`${name} ${theme}: ${error.stack}`)
    })
    await page.goto(`http://127.0.0.1:${port}/?scenario=${name}&theme=${theme}`)
    await page.waitForTimeout(900)
    await page.screenshot({ path: join(outFolder, `${name}-${theme}.png`) })
    await page.close()
  }
}
await browser.close()
server.close()
process.exitCode = complaints > 0 ? 1 : 0
