// JSON lines over a byte stream. Lines are cut at `\n` whatever way the bytes were chunked; bytes of a line that has
// no end yet are kept up to the limit. Does not parse: a caller decides what a bad line means.

export function encodeLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

export interface LineSplitter {
  push(chunk: Uint8Array): void
  /** Bytes of a last line that never got its end; 0 when the stream ended cleanly. */
  pendingBytes(): number
}

export interface LineListener {
  line(text: string): void
  /** The line grew over the limit; it is dropped to its end, and lines after it are read as usual. */
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
