// Writes reports of a run into a folder. Checks first that every target is free (or may be replaced), then writes; each
// file is whole or absent. Text formats come first, so that a failed PDF costs no other format. Does not render:
// shared/report does, and the PDF renderer prints.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { ReportFormat } from '../../shared/ipc/contract.ts'
import { pdfFileName, type TextFormat, textFormats } from '../../shared/report/formats/index.ts'
import type { PdfRenderer, ReportWriter, RunFolder } from '../services.ts'
import { errorCode, makeFolder, writeAtomically, writing } from '../store/atomic-file.ts'

export interface ReportWriterOptions {
  readonly renderPdf: PdfRenderer
}

export function createReportWriter({ renderPdf }: ReportWriterOptions): ReportWriter {
  return {
    async write(run, formats, folder, overwrite) {
      const wanted = [...new Set(formats)]
      await makeReportFolder(folder)
      if (!overwrite) await refuseOccupied(folder, wanted)
      const files: string[] = []
      for (const format of wanted) {
        if (format === 'pdf') continue
        const file = join(folder, textFormats[format].fileName)
        await writeAtomically(file, render(run, format))
        files.push(file)
      }
      if (wanted.includes('pdf')) files.push(await writePdf(run, folder, renderPdf, files.length > 0))
      return files
    },
    preview: async (run, format) => render(run, format),
  }
}

function render({ record, folder }: RunFolder, format: TextFormat): string {
  return textFormats[format].render({ record, runFolder: folder })
}

async function writePdf(run: RunFolder, folder: string, renderPdf: PdfRenderer, others: boolean): Promise<string> {
  const file = join(folder, pdfFileName)
  try {
    await writeAtomically(file, Buffer.from(await renderPdf(render(run, 'html'))))
    return file
  } catch (error) {
    if (!(error instanceof BenchError) || !others) throw error
    const { message, ...rest } = error.record
    throw new BenchError({ ...rest, message: `${message} The other formats were written.` })
  }
}

async function makeReportFolder(folder: string): Promise<void> {
  await writing(folder, async () => {
    try {
      await makeFolder(folder)
    } catch (error) {
      const code = errorCode(error)
      if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error
      throw new BenchError({
        code: 'not-writable',
        stage: 'report',
        message: `${folder} is not a folder.`,
        remedy: 'Choose a folder for the reports.',
      })
    }
  })
}

async function refuseOccupied(folder: string, formats: readonly ReportFormat[]): Promise<void> {
  for (const format of formats) {
    const name = format === 'pdf' ? pdfFileName : textFormats[format].fileName
    if (!(await exists(join(folder, name)))) continue
    throw new BenchError({
      code: 'folder-not-empty',
      stage: 'report',
      message: `${name} is in ${folder} already.`,
      remedy: 'Choose another folder, or allow the file to be replaced.',
    })
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
