import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPageResponder, type PageResponder } from '../../../electron/content/page-responder.ts'
import { pageExtensions } from '../../../electron/content/served-file.ts'

let folder: string
let respond: PageResponder

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-responder-'))
  await writeFile(join(folder, 'index.html'), '<meta nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>')
  await writeFile(join(folder, 'app.js'), '"__CSP_NONCE__"')
  respond = createPageResponder([{ path: '/', folder, extensions: pageExtensions }])
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const get = (url: string) => respond({ url, method: 'GET' })

function nonceOf(response: Response): string | undefined {
  return /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1]
}

describe('the page responder', () => {
  it('puts the same nonce into the header and the document', async () => {
    const response = await get('app://enginebench/')
    const nonce = nonceOf(response)
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(await response.text()).toBe(`<meta nonce="${nonce}"><style nonce="${nonce}"></style>`)
  })

  it('makes a fresh nonce for every load', async () => {
    expect(nonceOf(await get('app://enginebench/'))).not.toBe(nonceOf(await get('app://enginebench/')))
  })

  it('allows no inline code, no network, no frame and no form', async () => {
    const response = await get('app://enginebench/index.html')
    expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonceOf(response)}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'none'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
  })

  it('leaves scripts as they are', async () => {
    const response = await get('app://enginebench/app.js')
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'text/javascript; charset=utf-8',
      '"__CSP_NONCE__"',
    ])
  })

  it.each([
    ['another host', 'app://other/', 'GET'],
    ['another method', 'app://enginebench/', 'POST'],
    ['a file that is not there', 'app://enginebench/other.js', 'GET'],
  ])('answers 404 to %s', async (_what, url, method) => {
    expect((await respond({ url, method })).status).toBe(404)
  })
})
