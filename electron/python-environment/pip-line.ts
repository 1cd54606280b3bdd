// Reads one line of pip's output as progress. pip 24.1 and newer also prints `Progress 123 of 456` when asked to.

export interface PipProgress {
  /** `torch-2.13.0+cpu…whl, 190.3 MB`; null where the line names none. */
  readonly subject: string | null
  /** 0..1 of the current download; null where the line does not say. */
  readonly fraction: number | null
}

const nothing: PipProgress = { subject: null, fraction: null }

export function readPipLine(line: string): PipProgress {
  const progress = /^Progress (\d+) of (\d+)$/.exec(line.trim())
  if (progress) {
    const total = Number(progress[2])
    return { subject: null, fraction: total > 0 ? Math.min(1, Number(progress[1]) / total) : null }
  }
  const fetched = /^\s*(?:Downloading|Processing|Using cached)\s+(\S+)(?:\s+\(([^)]+)\))?/.exec(line)
  if (fetched?.[1]) {
    const file = fetched[1].split('/').at(-1) ?? fetched[1]
    return { ...nothing, subject: fetched[2] ? `${file}, ${fetched[2]}` : file }
  }
  const installing = /^Installing collected packages: (.+)$/.exec(line)
  if (installing?.[1]) {
    const count = installing[1].split(',').length
    return { ...nothing, subject: count === 1 ? 'unpacking one package' : `unpacking ${count} packages` }
  }
  return nothing
}
