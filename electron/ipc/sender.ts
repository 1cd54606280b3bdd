// Who may speak to the main process: the top frame of the app's own page, and nobody else.
import { appOrigin } from '../content/page-responder.ts'

/** The part of Electron's IPC event that is judged; `senderFrame` is null once the frame is gone. */
export interface SenderEvent {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

export function isTrustedSender(event: SenderEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isAppUrl(frame.url)
}

export function isAppUrl(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`)
}
