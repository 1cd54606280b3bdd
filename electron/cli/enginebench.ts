// Entry of the command line: the same services as the window's, without Electron. Ends with a documented exit code.
import { dirname } from 'node:path'
import { createServices } from '../compose.ts'
import { createLog } from '../system/log.ts'
import { pathsIn } from '../system/paths.ts'
import { enginebenchVersion } from '../system/version.ts'
import { readCommandLine } from './command-line.ts'
import { type ExitCode, exitCodeOfError, exitCodes } from './exit-code.ts'
import { printFailure } from './failure.ts'
import { createHiddenWindowPdf } from './hidden-window-pdf.ts'
import { interruptionSignal } from './interruption.ts'
import { processTerminal } from './terminal.ts'

/** out/cli/enginebench.cjs lies two folders below the application's. */
const applicationFolder = dirname(dirname(__dirname))

async function main(words: readonly string[]): Promise<ExitCode> {
  const terminal = processTerminal(process.stdout, process.stderr)
  const paths = pathsIn(applicationFolder)
  const log = createLog(paths.logsFolder, 'cli')
  const onWait = (sentence: string) => terminal.note(sentence)
  const services = createServices({ paths, log, onWait, renderPdf: createHiddenWindowPdf(applicationFolder) })
  const signal = interruptionSignal(
    () => terminal.note('cancelling; what is finished is kept'),
    () => process.exit(exitCodes.cancelled),
  )
  try {
    const request = readCommandLine(words, enginebenchVersion)
    if (request.kind === 'shown') return exitCodes.done
    const code = await request.command.run({ services, terminal, signal, ...request })
    return signal.aborted && code === exitCodes.done ? exitCodes.cancelled : code
  } catch (error) {
    if (signal.aborted) return exitCodes.cancelled
    printFailure(error, terminal, words.includes('--json'), log, paths.logsFolder)
    return exitCodeOfError(error)
  } finally {
    const { runs, conversions, sweeps, video } = services
    await Promise.all([runs, conversions, sweeps, video].map((service) => service.shutdown()))
  }
}

// A reader that closes the pipe early (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done)
  throw error
})

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
