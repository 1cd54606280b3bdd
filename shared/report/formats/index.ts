// The text formats. A window prints the PDF from the HTML.
import { csvFormat } from './csv.ts'
import { htmlFormat } from './html.ts'
import { jsonFormat } from './json.ts'
import { markdownFormat } from './markdown.ts'
import type { ReportFormatDefinition } from './report-format.ts'

export const textFormats = {
  json: jsonFormat,
  csv: csvFormat,
  md: markdownFormat,
  html: htmlFormat,
} as const satisfies Record<string, ReportFormatDefinition>

export type TextFormat = keyof typeof textFormats

export const pdfFileName = 'report.pdf'
