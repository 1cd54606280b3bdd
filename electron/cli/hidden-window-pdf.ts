// PDF for the command line: starts the window's engine hidden, prints one document, ends it. Without a display it uses
// a virtual one if xvfb-run is installed; otherwise it throws `display-unavailable`.
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { PdfRenderer } from '../services.ts'
import { inTemporaryFolder } from '../store/temporary-files.ts'
import { isInPackagedApp } from '../system/paths.ts'
import { cleanedEnvironment } from '../system/process-environment.ts'

const limitMs = 90_000

/** The exports of scripts/electron-runtime.mjs: the resolver that `npm start` uses. */
const runtimeModuleSchema = z.object({
  resolveElectronRuntime: z.custom<() => Promise<{ executable: string }>>((value) => typeof value === 'function'),
  runtimeEnvironment: z.custom<(runtime: unknown, log: () => void) => Record<string, string>>(
    (value) => typeof value === 'function',
  ),
})

export function createHiddenWindowPdf(applicationFolder: string): PdfRenderer {
  return (html) =>
    inTemporaryFolder('pdf', async (folder) => {
      const [htmlFile, pdfFile] = [join(folder, 'report.html'), join(folder, 'report.pdf')]
      await writeFile(htmlFile, html)
      await print(applicationFolder, htmlFile, pdfFile)
      return readFile(pdfFile)
    })
}

async function print(applicationFolder: string, htmlFile: string, pdfFile: string): Promise<void> {
  const { program, environment } = await findRuntime(applicationFolder)
  const printing = [...program, '--print-pdf', htmlFile, pdfFile]
  const [command = '', ...words] = hasDisplay() ? printing : ['xvfb-run', '-a', ...printing]
  const result = await execa(command, words, {
    env: cleanedEnvironment(process.env, environment),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  if (!result.failed) return
  if ('code' in result && result.code === 'ENOENT' && command === 'xvfb-run') throw noDisplay()
  throw new BenchError({
    code: 'display-unavailable',
    stage: 'report',
    message: result.timedOut
      ? `Printing took longer than ${limitMs / 1000} s.`
      : 'The window’s engine could not print.',
    remedy: 'Open the run in the app and export there, or print the HTML report from a browser.',
    cause: result.all?.trim().split('\n').at(-1) ?? null,
  })
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

interface Runtime {
  readonly program: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

async function findRuntime(applicationFolder: string): Promise<Runtime> {
  if (isInPackagedApp(applicationFolder)) {
    return { program: [join(dirname(dirname(applicationFolder)), 'enginebench')], environment: {} }
  }
  const file = pathToFileURL(join(applicationFolder, 'scripts', 'electron-runtime.mjs')).href
  try {
    const { resolveElectronRuntime, runtimeEnvironment } = runtimeModuleSchema.parse({ ...(await import(file)) })
    const runtime = await resolveElectronRuntime()
    const environment = runtimeEnvironment(runtime, () => undefined)
    return { program: [runtime.executable, applicationFolder], environment }
  } catch (error) {
    throw new BenchError({
      code: 'display-unavailable',
      stage: 'report',
      message: 'PDF needs the window’s engine, and it is not on this machine.',
      remedy: 'Take the HTML report and print it from a browser. In a clone, start the app once: npm start.',
      cause: error instanceof Error ? error.message : String(error),
    })
  }
}

function noDisplay(): BenchError {
  return new BenchError({
    code: 'display-unavailable',
    stage: 'report',
    message: 'PDF needs the window’s engine, and this machine has no display.',
    remedy: 'Install a virtual display (on Debian: apt install xvfb), or take the HTML report.',
  })
}
