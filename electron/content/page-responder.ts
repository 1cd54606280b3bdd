// Answers the page's own URLs (app://enginebench/…). A document gets a new nonce, in its header and in place of the
// build's placeholder; everything else is bytes with a fixed content type. Anything else is 404, without a reason.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { contentSecurityPolicy, fixedHeaders } from './content-policy.ts'
import { findServedFile, type Mount } from './served-file.ts'

export const appScheme = 'app'
export const appOrigin = 'app://enginebench'
const noncePlaceholder = '__CSP_NONCE__'

export type PageResponder = (request: { readonly url: string; readonly method: string }) => Promise<Response>

export function createPageResponder(mounts: readonly Mount[]): PageResponder {
  return async ({ url, method }) => {
    const { protocol, host, pathname } = new URL(url)
    if (`${protocol}//${host}` !== appOrigin || method !== 'GET') return refusal()
    const served = await findServedFile(pathname === '/' ? '/index.html' : pathname, mounts)
    if (!served) return refusal()
    const bytes = await readFile(served.file)
    if (!served.contentType.startsWith('text/html')) {
      return new Response(new Uint8Array(bytes), {
        headers: {
          ...fixedHeaders,
          'content-type': served.contentType,
          'content-security-policy': "default-src 'none'",
        },
      })
    }
    const nonce = randomBytes(16).toString('base64')
    return new Response(bytes.toString('utf8').replaceAll(noncePlaceholder, nonce), {
      headers: {
        ...fixedHeaders,
        'content-type': served.contentType,
        'content-security-policy': contentSecurityPolicy({ nonce }),
        'cache-control': 'no-store',
      },
    })
  }
}

function refusal(): Response {
  return new Response('', { status: 404, headers: fixedHeaders })
}
