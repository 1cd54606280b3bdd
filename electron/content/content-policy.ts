// What the page may do, said in response headers: only this app's own files, no inline script or style but those
// that carry the nonce of this load, no network, no frame, no plugin, no form.
export interface PolicyOptions {
  /** Fresh for every load of a document; style elements made at run time carry it. */
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

/** A report on its way to paper: its own inline styles and embedded pictures, nothing from anywhere else. */
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
