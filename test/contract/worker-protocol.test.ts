// The golden messages in shared/worker-protocol/golden are the protocol as both languages must read and write it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  commandNames,
  maximumLineBytes,
  messageNames,
  workerCommandSchema,
  workerMessageSchema,
} from '../../shared/worker-protocol/wire.ts'

const folder = join(import.meta.dirname, '../../shared/worker-protocol/golden')
const files = readdirSync(folder)

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

function goldenNames(prefix: string): readonly string[] {
  return files
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length, -'.json'.length))
    .sort()
}

describe('the golden messages of the worker protocol', () => {
  it('cover every command and every message, and nothing else', () => {
    expect(goldenNames('command-')).toEqual([...commandNames].sort())
    expect(goldenNames('message-')).toEqual([...messageNames].sort())
    expect(files.length).toBe(commandNames.length + messageNames.length)
  })

  it.each(commandNames)('command %s decodes and encodes to the same JSON', (name) => {
    const golden = read(`command-${name}.json`)
    const decoded = workerCommandSchema.parse(golden)
    expect(decoded.command).toBe(name)
    expect(JSON.parse(JSON.stringify(decoded))).toEqual(golden)
  })

  it.each(messageNames)('message %s decodes and encodes to the same JSON', (name) => {
    const golden = read(`message-${name}.json`)
    const decoded = workerMessageSchema.parse(golden)
    expect(decoded.message).toBe(name)
    expect(JSON.parse(JSON.stringify(decoded))).toEqual(golden)
  })

  it('leave room in a line for a block of 100,000 samples', () => {
    const latenciesMs = Array.from({ length: 100_000 }, (_, index) => 1.2345678901 + index)
    const line = JSON.stringify({ message: 'block', id: 1, startedAtNs: 1, endedAtNs: 2, latenciesMs })
    expect(Buffer.byteLength(line)).toBeLessThan(maximumLineBytes)
  })
})
