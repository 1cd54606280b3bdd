// `--print-pdf HTML PDF`: how the command line reaches the window's PDF engine. Starts hidden, prints one file, exits.
// Errors are one line on stderr and exit code 1; the PDF is written whole or not at all.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PdfRenderer } from '../services.ts'
import { writeAtomically } from '../store/atomic-file.ts'

export interface PdfCommand {
  readonly htmlFile: string
  readonly pdfFile: string
}

export const pdfOption = '--print-pdf'

/** Null if the program was started to show its window. */
export function pdfCommandOf(argv: readonly string[]): PdfCommand | null {
  const index = argv.indexOf(pdfOption)
  if (index === -1) return null
  const [htmlFile, pdfFile] = argv.slice(index + 1)
  return htmlFile && pdfFile ? { htmlFile: resolve(htmlFile), pdfFile: resolve(pdfFile) } : null
}

/** Returns the exit code. */
export async function printPdfFile({ htmlFile, pdfFile }: PdfCommand, render: PdfRenderer): Promise<number> {
  try {
    const pdf = await render(await readFile(htmlFile, 'utf8'))
    await writeAtomically(pdfFile, pdf)
    return 0
  } catch (error) {
    process.stderr.write(`could not print ${htmlFile}: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
