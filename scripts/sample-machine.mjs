// Samples this machine as a run does, for N seconds, and prints the messages of the sampling process as JSON lines. For
// trying a new GPU or driver. Needs out/workers/ and the package koffi; nothing else has to be built.
//   node scripts/sample-machine.mjs [seconds]
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { repositoryFolder } from './folders.mjs'

const seconds = Number(process.argv[2] ?? 5)
const intervalMs = 200
const worker = fork(join(repositoryFolder, 'out', 'workers', 'sampling-worker.cjs'))
let share = 0
worker.on('message', (message) => {
  console.log(JSON.stringify(message))
  if (message.message === 'sample') share = message.cpuMs / message.elapsedMs
})
worker.send({ command: 'start', ownPid: process.pid, intervalMs })
await wait(seconds * 1000)
worker.disconnect()
console.log(`sampling took ${(share * 100).toFixed(2)} % of one core`)
