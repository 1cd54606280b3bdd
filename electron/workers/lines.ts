// Splits a byte stream into lines: JSON lines of the protocol, and lines of the log. Lines end at `\n` however the
// bytes were chunked; an unfinished line is kept up to the limit. The caller decides what a bad line means.
import type { Readable } from 'node:stream'

export function encodeLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

export interface LineSplitter {
  push(chunk: Uint8Array): void
  /** Bytes of a last line without an end; 0 if the stream ended cleanly. */
  pendingBytes(): number
}

export interface LineListener {
  line(text: string): void
  /** The line exceeded the limit; it is dropped to its end, and later lines are read as usual. */
  tooLong(): void
}

export function createLineSplitter(maximumBytes: number, listener: LineListener): LineSplitter {
  let parts: Uint8Array[] = []
  let pendingBytes = 0
  let dropping = false

  function take(piece: Uint8Array): void {
    if (dropping) return
    pendingBytes += piece.byteLength
    if (pendingBytes > maximumBytes) {
      parts = []
      pendingBytes = 0
      dropping = true
      listener.tooLong()
    } else if (piece.byteLength > 0) {
      parts.push(piece)
    }
  }

  function finishLine(): void {
    const whole = dropping ? null : Buffer.concat(parts).toString('utf8')
    parts = []
    pendingBytes = 0
    dropping = false
    if (whole !== null) listener.line(whole)
  }

  return {
    push(chunk) {
      let start = 0
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        take(chunk.subarray(start, end))
        finishLine()
        start = end + 1
      }
      take(chunk.subarray(start))
    },
    pendingBytes: () => pendingBytes,
  }
}

/** JSON as workers write it; NaN and Infinity, which are not JSON, become null so that the schema names the field. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    const repaired = line.replace(/(?<=[[,:]\s*)-?(?:NaN|Infinity)(?=\s*[\],}])/g, 'null')
    if (repaired === line) throw error
    return JSON.parse(repaired)
  }
}

const longestLineBytes = 64 * 1024

/** A worker's stdout or stderr as lines of the log. A line that is too long is left out, never refused. */
export function forwardLog(stream: Readable | null, listener: { log(line: string): void }): void {
  const splitter = createLineSplitter(longestLineBytes, {
    line: (text) => listener.log(text),
    tooLong: () => listener.log(`[a line over ${longestLineBytes} bytes was left out]`),
  })
  stream?.on('data', (chunk: Buffer) => splitter.push(chunk))
  stream?.on('error', () => {})
}

const keptLines = 20
const longestLine = 400

/** The last lines that a worker printed, for the cause of an error. The caller keeps the log itself. */
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
