// A worker's stdout or stderr as lines of the log. A line that has no end is cut, never refused: it is only noise.
import type { Readable } from 'node:stream'
import { createLineSplitter } from './json-lines.ts'

const longestLineBytes = 64 * 1024

export function forwardLog(stream: Readable | null, listener: { log(line: string): void }): void {
  const splitter = createLineSplitter(longestLineBytes, {
    line: (text) => listener.log(text),
    tooLong: () => listener.log(`[a line over ${longestLineBytes} bytes was left out]`),
  })
  stream?.on('data', (chunk: Buffer) => splitter.push(chunk))
  stream?.on('error', () => {})
}
