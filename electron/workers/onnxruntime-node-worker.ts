// The Node worker's program, in two threads: one talks to the supervisor and sends heartbeats, the other infers. A
// native call blocks only its own thread, so a long query can be told from a dead process.
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { version } from '../../package.json'
import { sizeLimits } from '../../shared/worker-protocol/limits.ts'
import {
  heartbeatIntervalMs,
  protocolVersion,
  type WorkerMessage,
  workerCommandSchema,
} from '../../shared/worker-protocol/wire.ts'
import { commandStateOn, createCommandRunner, newCommandMemory } from './onnxruntime-node/commands.ts'
import { openParentChannel } from './parent-channel.ts'

function talk(): void {
  const parent = openParentChannel()
  const memory = newCommandMemory()
  const state = commandStateOn(memory)
  const thread = new Worker(fileURLToPath(import.meta.url), {
    workerData: memory,
    // What a hostile model file can make the parser allocate. Arrays and weights are outside this heap.
    resourceLimits: { maxOldGenerationSizeMb: sizeLimits.parserHeapBytes.most / 1024 ** 2 },
  })
  thread.on('message', (message: WorkerMessage) => parent.send(message))
  thread.on('error', (error) => {
    console.error(error)
    process.exit(1)
  })
  parent.listen((value) => {
    const command = workerCommandSchema.parse(value)
    if (command.command === 'close') process.exit(0)
    if (command.command === 'cancel') {
      state.requestCancel()
      return
    }
    state.clearCancel()
    thread.postMessage(command)
  })
  parent.send({
    message: 'hello',
    protocolVersion,
    workerVersion: version,
    pid: process.pid,
    runtime: `node ${process.versions.node}`,
  })
  setInterval(() => parent.send({ message: 'heartbeat', progress: state.progress() }), heartbeatIntervalMs)
}

function infer(): void {
  const memory: unknown = workerData
  if (!parentPort || !(memory instanceof SharedArrayBuffer)) throw new Error('This thread is started by the worker.')
  const port = parentPort
  const runner = createCommandRunner(commandStateOn(memory))
  port.on('message', async (value: unknown) => {
    const command = workerCommandSchema.parse(value)
    if (command.command !== 'cancel' && command.command !== 'close') port.postMessage(await runner.answer(command))
  })
}

if (isMainThread) talk()
else infer()
