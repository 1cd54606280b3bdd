// The last lines a worker printed, kept for the cause of an error. Does not keep the log: that is the caller's.

const keptLines = 20
const longestLine = 400

export interface LogTail {
  add(line: string): void
  /** Null when nothing was printed. */
  text(): string | null
}

export function createLogTail(): LogTail {
  const lines: string[] = []
  return {
    add(line) {
      if (line.trim() === '') return
      lines.push(line.slice(0, longestLine))
      if (lines.length > keptLines) lines.shift()
    },
    text: () => (lines.length === 0 ? null : lines.join('\n')),
  }
}
