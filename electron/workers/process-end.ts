// The end of a child process, told once, after what it said last was read. Its group is ended as soon as the process
// is gone: a grandchild may hold the pipes open for ever.
import type { ChildProcess } from 'node:child_process'
import { killProcessGroup } from './process-group.ts'
import type { WorkerChannelListener } from './worker-channel.ts'

const pipeLimitMs = 1000

export function tellProcessEnd(child: ChildProcess, listener: WorkerChannelListener): void {
  child.once('error', (error) => {
    if (child.pid === undefined) listener.notStarted(error.message)
  })
  child.once('exit', (code, signal) => {
    if (child.pid !== undefined) killProcessGroup(child.pid, 'SIGKILL')
    const tell = () => {
      clearTimeout(limit)
      child.removeListener('close', tell)
      listener.exited({ code, signal })
    }
    const limit = setTimeout(tell, pipeLimitMs)
    child.once('close', tell)
  })
}
