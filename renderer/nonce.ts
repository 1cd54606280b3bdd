// The nonce of this page load, as the build placed it in the document. Style elements made at run time must carry it;
// otherwise the page's policy drops them.
import { setNonce } from 'get-nonce'

export function readNonce(): string {
  const carrier = document.querySelector<HTMLElement>('meta[property="csp-nonce"], script[nonce]')
  return carrier?.nonce ?? carrier?.getAttribute('nonce') ?? ''
}

/** Overlays (modal, drawer, palette) lock scrolling with their own style element; this gives it the nonce. */
export function shareNonce(nonce: string): void {
  if (nonce) setNonce(nonce)
}
