// What the two threads of the worker share without messages: whether the running command is to stop, and how far it is.

export interface CommandState {
  /** Set by the thread that talks, read by the one that measures, between two queries. */
  requestCancel(): void
  clearCancel(): void
  isCancelled(): boolean
  /** Blocks this thread for so many ms, fractions too; less where a cancel comes. */
  sleep(ms: number): void
  /** Counts queries and steps; goes out with each heartbeat. */
  advance(): void
  progress(): number
}

export function newCommandMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(8)
}

export function commandStateOn(memory: SharedArrayBuffer): CommandState {
  const cells = new Int32Array(memory)
  return {
    requestCancel: () => {
      Atomics.store(cells, 0, 1)
      Atomics.notify(cells, 0)
    },
    clearCancel: () => void Atomics.store(cells, 0, 0),
    isCancelled: () => Atomics.load(cells, 0) === 1,
    sleep: (ms) => void Atomics.wait(cells, 0, 0, ms),
    advance: () => void Atomics.add(cells, 1, 1),
    progress: () => Atomics.load(cells, 1) >>> 0,
  }
}
