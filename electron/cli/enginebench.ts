#!/usr/bin/env node
// Entry point of the command line: the same services as the window's, without Electron. Ends with a documented exit
// code. The only place that prints an error or handles an interrupt.
import { dirname } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { createServices, prepareDataFolder } from '../compose.ts'
import { errorCode } from '../store/atomic-file.ts'
import { createLog, type Log } from '../system/log.ts'
import { pathsIn } from '../system/paths.ts'
import { enginebenchVersion } from '../system/version.ts'
import { carryOut, readCommandLine } from './command-line.ts'
import { type ExitCode, exitCodeOfError, exitCodes } from './exit-code.ts'
import { createHiddenWindowPdf } from './hidden-window-pdf.ts'
import { processTerminal, type Terminal } from './terminal.ts'

/** out/cli/enginebench.cjs is two folders below the application's root. */
const applicationFolder = dirname(dirname(__dirname))

async function main(words: readonly string[]): Promise<ExitCode> {
  const terminal = processTerminal(process.stdout, process.stderr)
  const paths = pathsIn(applicationFolder)
  const log = createLog(paths.logsFolder, 'cli')
  const tell = (error: unknown) => printFailure(error, terminal, words.includes('--json'), log, paths.logsFolder)
  process.on('uncaughtException', (error) => {
    tell(error)
    process.exit(exitCodes.failed)
  })
  const onWait = (sentence: string) => terminal.note(sentence)
  const services = createServices({ paths, log, onWait, renderPdf: createHiddenWindowPdf(applicationFolder) })
  const signal = interruptionSignal(() => terminal.note('Cancelling; finished work is kept.'), endNow)
  expectLostReaders(signal)
  try {
    const request = readCommandLine(words, enginebenchVersion)
    if (request.kind === 'shown') {
      terminal.result(request.text)
      return exitCodes.done
    }
    await prepareDataFolder(paths).catch((error: unknown) => log.error('removing what was left failed', error))
    const code = await carryOut(request, { services, terminal, signal })
    return signal.aborted && code === exitCodes.done ? exitCodes.cancelled : code
  } catch (error) {
    if (signal.aborted) return exitCodes.cancelled
    tell(error)
    return exitCodeOfError(error)
  } finally {
    const { runs, conversions, sweeps, video } = services
    await Promise.all([runs, conversions, sweeps, video].map((service) => service.shutdown()))
    if (signal.aborted) endWithin(lastMs)
  }
}

/** After a cancelled command has finished its work. */
const lastMs = 2000
/** From the cancel to the end, if a command never notices it. */
const cancelLimitMs = 60_000

/** Ends this process although something of it still waits, e.g. for a terminal or a network drive. */
function endWithin(limitMs: number): void {
  setTimeout(endNow, limitMs).unref()
}

/**
 * What runs at the exit still runs. Then the signal itself ends the process, with the same code for a shell: Node would
 * wait in `process.exit` for an operation of the file system that never comes back.
 */
function endNow(): never {
  process.once('exit', () => {
    process.removeAllListeners('SIGINT')
    process.kill(process.pid, 'SIGINT')
  })
  process.exit(exitCodes.cancelled)
}

/** What failed and what to do. Never prints a stack: a bug's stack goes to the log file, which is named. */
function printFailure(error: unknown, terminal: Terminal, asJson: boolean, log: Log, logsFolder: string): void {
  const { record } = error instanceof BenchError ? error : unexpected(error, log, logsFolder)
  terminal.note(`error: ${record.message}`, 'error')
  terminal.note(record.remedy)
  if (asJson) terminal.result(JSON.stringify({ error: record }, null, 2))
}

/** What the system says if a process, or all of them together, has too many files open. */
const tooManyFilesCodes = new Set(['EMFILE', 'ENFILE'])

function unexpected(error: unknown, log: Log, logsFolder: string): BenchError {
  if (tooManyFilesCodes.has(errorCode(error) ?? '')) {
    return new BenchError({
      code: 'unexpected',
      stage: 'setup',
      message: 'Enginebench may not open as many files as it needs.',
      remedy: 'Raise the limit of open files (ulimit -n 1024), and run the command again.',
      cause: error instanceof Error ? error.message : null,
    })
  }
  log.error('unexpected failure', error)
  return new BenchError({
    code: 'unexpected',
    stage: 'setup',
    message: `Enginebench hit an internal error: ${error instanceof Error ? error.message : String(error)}`,
    remedy: `Report it with the last lines of the log in ${logsFolder}.`,
  })
}

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ctrl+C, a closed terminal, SIGTERM and the end of the script that started this process all cancel: the first aborts the
 * signal, so finished work is kept and no process is left. A second signal exits immediately, and so does a minute.
 */
function interruptionSignal(onFirst: () => void, onSecond: () => void): AbortSignal {
  const controller = new AbortController()
  const cancel = () => {
    onFirst()
    controller.abort(new Error('cancelled'))
    setTimeout(onSecond, cancelLimitMs).unref()
  }
  for (const name of interruptions) {
    process.on(name, () => (controller.signal.aborted ? onSecond() : cancel()))
  }
  process.once('disconnect', () => {
    if (!controller.signal.aborted) cancel()
  })
  process.channel?.unref()
  return controller.signal
}

/** A reader that closes the pipe early (`| head`) is not a failure, and a cancelled command still finishes. */
function expectLostReaders(signal: AbortSignal): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
      if (stream === process.stdout && !signal.aborted) process.exit(exitCodes.done)
    })
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
