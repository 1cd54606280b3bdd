// The golden messages in shared/worker-protocol/golden are the protocol as both languages must read and write it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workerCommandSchema } from '../../shared/worker-protocol/command.ts'
import { maximumLineBytes, workerMessageSchema } from '../../shared/worker-protocol/message.ts'

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

const commandNames = workerCommandSchema.options.map((option) => option.shape.command.value)
const messageNames = workerMessageSchema.options.map((option) => option.shape.message.value)

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
