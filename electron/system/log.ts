// The application's own log: JSON lines in logs/enginebench.log, rotated at 5 MB with one old file kept. For
// maintainers; users see BenchErrors. Does not print and does not hold a run's log, which is in its folder.
import { join } from 'node:path'
import electronLog from 'electron-log/node'

const maximumBytes = 5 * 1024 * 1024

export interface Log {
  info(message: string): void
  warn(message: string): void
  /** `cause` is kept with its stack. */
  error(message: string, cause?: unknown): void
}

/** @param logId names the process that writes: `app`, `cli`. */
export function createLog(logsFolder: string, logId: string): Log {
  const logger = electronLog.create({ logId })
  logger.transports.console.level = false
  logger.transports.file.maxSize = maximumBytes
  logger.transports.file.resolvePathFn = () => join(logsFolder, 'enginebench.log')
  logger.transports.file.format = ({ message }) => [
    JSON.stringify({
      at: message.date.toISOString(),
      process: logId,
      pid: process.pid,
      level: message.level,
      message: String(message.data[0]),
      cause: describeCause(message.data[1]),
    }),
  ]
  return {
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message, cause) => logger.error(message, cause),
  }
}

function describeCause(cause: unknown): string | undefined {
  if (cause === undefined) return undefined
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
