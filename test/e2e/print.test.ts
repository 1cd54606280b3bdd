// How the command line gets its PDF: the app started to print one file, without showing a window.
import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './harness/app.ts'
import { applicationFolder, findElectron, runtimeEnvironment } from './harness/runtime.ts'

const hostilePage = `<!doctype html><html><head><meta charset="utf-8"><title>Report</title>
<style>@page { size: A4 landscape } h1 { font-family: sans-serif }</style></head>
<body><h1>Report</h1><script>document.body.textContent = ''</script>
<img src="https://example.org/picture.png"><img src="file:///etc/hostname"></body></html>`

async function print(home: string, htmlFile: string, pdfFile: string) {
  const electron = await findElectron()
  return new Promise<{ code: number; errors: string }>((resolve) => {
    execFile(
      electron,
      [applicationFolder, '--print-pdf', htmlFile, pdfFile],
      { env: { ...process.env, ...runtimeEnvironment, ENGINEBENCH_HOME: home } },
      (error, _stdout, stderr) => resolve({ code: Number(error?.code ?? 0), errors: stderr }),
    )
  })
}

/** Without the profile, which Chromium may still write to as it ends: the command line deletes the folder around both. */
async function filesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('enginebench-print-')).sort()
}

test('prints a page to PDF with its scripts off and nothing fetched, and leaves nothing else behind', async ({
  home,
}) => {
  await writeFile(join(home, 'report.html'), hostilePage)
  expect(await print(home, join(home, 'report.html'), join(home, 'report.pdf'))).toMatchObject({ code: 0 })
  const pdf = await readFile(join(home, 'report.pdf'), 'latin1')
  expect(pdf.slice(0, 5)).toBe('%PDF-')
  expect(pdf.trimEnd().slice(-5)).toBe('%%EOF')
  expect(pdf).toMatch(/\/MediaBox \[0 0 841\.\d+ 59\d/)
  expect(pdf).toContain('/StructTreeRoot')
  expect(await filesIn(home)).toEqual(['report.html', 'report.pdf'])
})

test('says what it cannot read and writes no PDF', async ({ home }) => {
  const { code, errors } = await print(home, join(home, 'none.html'), join(home, 'report.pdf'))
  expect(code).toBe(1)
  expect(errors).toContain(`could not print ${join(home, 'none.html')}: ENOENT`)
  expect(await filesIn(home)).toEqual([])
})
