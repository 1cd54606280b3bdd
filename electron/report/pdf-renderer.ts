// Prints self-contained HTML to PDF bytes through a hidden window: sandboxed, JavaScript off, fetches only the document
// itself. One document at a time. Does not write files.
import { BrowserWindow, type PrintToPDFOptions } from 'electron'
import { fixedHeaders, printPolicy } from '../content/content-policy.ts'
import { appScheme } from '../content/page-responder.ts'
import type { PdfRenderer } from '../services.ts'
import { closedSession, keepInside } from '../window.ts'

const paper: PrintToPDFOptions = {
  pageSize: 'A4',
  preferCSSPageSize: true,
  printBackground: true,
  generateTaggedPDF: true,
  generateDocumentOutline: true,
}
const documentUrl = `${appScheme}://print/`

export function createPdfRenderer(): PdfRenderer {
  let queue: Promise<unknown> = Promise.resolve()
  return (html) => {
    const printed = queue.then(() => print(html))
    queue = printed.catch(() => undefined)
    return printed
  }
}

async function print(html: string): Promise<Uint8Array> {
  const printSession = closedSession('enginebench-print')
  printSession.protocol.handle(appScheme, ({ url }) => documentResponse(url, html))
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session: printSession,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  try {
    keepInside(window.webContents)
    await window.loadURL(documentUrl)
    return await window.webContents.printToPDF(paper)
  } finally {
    window.destroy()
    printSession.protocol.unhandle(appScheme)
  }
}

function documentResponse(url: string, html: string): Response {
  if (url !== documentUrl) return new Response('', { status: 404 })
  return new Response(html, {
    headers: {
      ...fixedHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': printPolicy,
    },
  })
}
