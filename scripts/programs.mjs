// Runs programs to their end and reports their failures in one sentence. Needs no package.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logsFolder, repositoryFolder } from './folders.mjs'
import { watchStarter } from './starter.mjs'

/**
 * Ctrl+C and the signals that end this process reach the program.
 *
 * @param options.output `show` gives the program this terminal's streams, `keep` collects what it prints, `both` shows
 * it as well
 * @returns `{ code, output }`: `code` is the exit code (128 + number for a signal, 127 when the program was not found);
 * `output` is what it printed, empty with `show`
 */
export function runProgram(command, args, { env = {}, cwd = repositoryFolder, output = 'show' } = {}) {
  return new Promise((resolve) => {
    const stdio = output === 'show' ? 'inherit' : ['inherit', 'pipe', 'pipe']
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio })
    let printed = ''
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream?.on('data', (chunk) => {
        printed += chunk
        if (output === 'both') target.write(chunk)
      })
    }
    const passOn = (signal) => child.kill(signal)
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, passOn)
    const stopWatching = watchStarter(() => child.kill('SIGTERM'))
    // The terminal sends Ctrl+C to the child as well; this process only has to outlive it.
    const wait = () => undefined
    process.on('SIGINT', wait)
    const done = (code) => {
      for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, passOn)
      process.off('SIGINT', wait)
      stopWatching()
      resolve({ code, output: printed })
    }
    child.on('error', (error) => {
      printed += error.message
      done(error.code === 'ENOENT' ? 127 : 126)
    })
    child.on('close', (code, signal) => done(code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1)))
  })
}

/** An expected failure: its message is printed without a stack. */
export class StepFailed extends Error {}

/** Runs a program quietly, with its output in a log file. Throws StepFailed with the last lines and the file's path. */
export async function requireProgram(what, command, args, options = {}) {
  const { code, output } = await runProgram(command, args, { ...options, output: 'keep' })
  const logFile = join(logsFolder, `${what.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.log`)
  mkdirSync(logsFolder, { recursive: true })
  writeFileSync(logFile, output)
  if (code === 0) return output
  const isStack = (line) => /^(npm error)?\s+at /.test(line)
  const last = output
    .trim()
    .split('\n')
    .filter((line) => !isStack(line))
    .slice(-15)
    .join('\n')
  throw new StepFailed(
    `${what} failed (${command} ${args.join(' ')}: exit code ${code}).\n${last}\nFull output: ${logFile}`,
  )
}

/** Sets the exit code from what `main` returns; prints only the message of an expected failure. */
export async function runScript(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(error instanceof StepFailed ? error.message : (error.stack ?? String(error)))
    process.exitCode = 1
  }
}

/** @returns the results in order. A failure is thrown once all have ended, so that nothing keeps running after it. */
export async function sideBySide(...works) {
  const ends = await Promise.allSettled(works.map((work) => work()))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return ends.map(({ value }) => value)
}
