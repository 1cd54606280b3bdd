// Runs a program to its end with this terminal's streams; its exit code comes back, and Ctrl+C reaches it.
import { spawn } from 'node:child_process'
import { repositoryFolder } from './repository.mjs'

/**
 * @returns `{ code, output }`: `code` is the exit code (128 + number for a signal, 127 when the program is not there);
 * `output` is what it printed when `capture` is set, which is then also shown.
 */
export function runProgram(command, args, { env = {}, cwd = repositoryFolder, capture = false, quiet = false } = {}) {
  return new Promise((resolve) => {
    const stdio = capture || quiet ? ['inherit', 'pipe', 'pipe'] : 'inherit'
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio })
    let output = ''
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream?.on('data', (chunk) => {
        output += chunk
        if (!quiet) target.write(chunk)
      })
    }
    const passOn = (signal) => child.kill(signal)
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, passOn)
    // The terminal sends Ctrl+C to the child as well; this process only has to outlive it.
    const wait = () => undefined
    process.on('SIGINT', wait)
    const done = (code) => {
      for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, passOn)
      process.off('SIGINT', wait)
      resolve({ code, output })
    }
    child.on('error', (error) => {
      output += error.message
      done(error.code === 'ENOENT' ? 127 : 126)
    })
    child.on('close', (code, signal) => done(code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1)))
  })
}

export class StepFailed extends Error {}

/** As runProgram, but a failure ends the caller's work with one sentence. */
export async function requireProgram(what, command, args, options = {}) {
  const { code, output } = await runProgram(command, args, options)
  if (code !== 0) {
    const last = output.trim().split('\n').slice(-15).join('\n')
    throw new StepFailed(`${what} failed (${command} ${args.join(' ')}: exit code ${code})${last ? `\n${last}` : ''}`)
  }
  return output
}

/** Ends a script with one message instead of a stack. */
export async function runScript(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(error instanceof StepFailed ? error.message : (error.stack ?? String(error)))
    process.exitCode = 1
  }
}
