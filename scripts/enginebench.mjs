#!/usr/bin/env node
// The command line in the clone: builds it if its sources have changed, then runs it. Only the command's own output
// goes to stdout.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, ensureNodePackages } from './build.mjs'
import { repositoryFolder } from './folders.mjs'
import { StepFailed } from './programs.mjs'
import { watchStarter } from './starter.mjs'

try {
  await ensureNodePackages()
  await ensureBuilt()
} catch (error) {
  console.error(error instanceof StepFailed ? error.message : error.stack)
  process.exit(1)
}

const program = join(repositoryFolder, 'out', 'cli', 'enginebench.cjs')
// The channel carries nothing: when it closes, the command line knows that this process is gone.
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
})
watchStarter(() => child.kill('SIGTERM'))
// A terminal sends Ctrl+C to both processes; a signal that only this process received is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('error', (error) => {
  console.error(`The command line could not start: ${error.message}`)
  process.exit(1)
})
child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
