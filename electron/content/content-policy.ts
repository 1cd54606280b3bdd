// What the page may do, as response headers: only the app's own files, only inline scripts and styles that carry the
// nonce of this load, no network, frames, plugins or forms.
export interface PolicyOptions {
  /** New for every load of a document; style elements made at run time carry it. */
  readonly nonce: string
}

export function contentSecurityPolicy({ nonce }: PolicyOptions): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** A report to be printed: its own inline styles and embedded pictures, nothing from elsewhere. */
export const printPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** On every response, whatever its kind. */
export const fixedHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
