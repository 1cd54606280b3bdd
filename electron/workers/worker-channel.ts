// One worker process as the supervisor sees it: objects in, objects out, signals to the whole process group.
// A Python worker speaks lines over descriptors, a Node worker its message channel; both look like this.
// Does not check messages, keep time or know what a command means.

export interface WorkerExit {
  readonly code: number | null
  readonly signal: string | null
}

export interface WorkerChannelListener {
  /** Already decoded from JSON; anything at all may be in it. */
  message(value: unknown): void
  /** What came is no message: garbage, or a line over the limit. `text` is the beginning of it. */
  unreadable(problem: string, text: string): void
  /** One line of the worker's stdout or stderr, without its end. */
  log(line: string): void
  /** Once, after the last message: the process is gone and so is its group. */
  exited(exit: WorkerExit): void
  /** Once, instead of everything else: the process could not be started. */
  notStarted(reason: string): void
}

/** @typeParam Command what it is sent: the protocol's commands, or those of another process. */
export interface WorkerChannel<Command = object> {
  /** Null before the process runs, and when it could not be started. */
  readonly pid: number | null
  /** Lost in silence when the process is gone: its exit is what tells. */
  send(command: Command): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  listen(listener: WorkerChannelListener): void
}
