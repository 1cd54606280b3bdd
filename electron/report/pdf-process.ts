// The process of a PDF command: shows no window and leaves only the PDF on disk. Its profile lies beside the PDF, so that
// what a killed one leaves is swept with that folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { app } from 'electron'
import { type PdfCommand, printPdfFile } from './pdf-command.ts'
import { createPdfRenderer } from './pdf-renderer.ts'

export function printAndExit(command: PdfCommand): void {
  const profileFolder = mkdtempSync(join(dirname(command.pdfFile), 'enginebench-print-'))
  app.setPath('userData', profileFolder)
  process.on('exit', () => rmSync(profileFolder, { recursive: true, force: true }))
  // The print window is the only one: without a listener, closing it would quit the app before the file is written.
  app.on('window-all-closed', () => undefined)
  void app.whenReady().then(async () => app.exit(await printPdfFile(command, createPdfRenderer())))
}
