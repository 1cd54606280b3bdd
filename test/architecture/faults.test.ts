// The faults that a measurement must survive, each held by at least one test named after its number: `fault-07` in a name of
// TypeScript's, `fault_07` in one of Python's. A new way to fail gets its row here before its test.
import { expect, test } from 'vitest'
import { readText, repositoryFiles } from './source-tree.ts'

const faults: Readonly<Record<string, string>> = {
  '01': 'a worker that crashes in the middle of a block',
  '02': 'a worker that the system kills, for memory or not',
  '03': 'a GPU whose memory runs out',
  '04': 'a GPU context that every later call finds spoilt',
  '05': 'a native call that hangs with the interpreter’s lock held',
  '06': 'a worker that is alive and gets nowhere',
  '07': 'a worker that ignores being cancelled, and its own children',
  '08': 'a cancel that meets the end of a run',
  '09': 'a supervisor that is killed',
  10: 'a page that crashes or is loaded again',
  11: 'messages that are no messages',
  12: 'samples that cannot be right',
  13: 'a disk that is full',
  14: 'power that fails at any step of writing',
  15: 'an index that is locked or damaged',
  16: 'an engine that is damaged, or was built for another library or GPU',
  17: 'a precision that a library ignores',
  18: 'a name that a newer library has removed',
  19: 'a provider that falls back in silence',
  20: 'a native library that is absent or of another version',
  21: 'a GPU that an engine does not support',
  22: 'a management library that is absent, or readings that it does not give',
  23: 'heat that slows the GPU',
  24: 'other programs on the processor or the GPU',
  25: 'drift, two modes, no steady state',
  26: 'identical cases',
  27: 'a difference of known size',
  28: 'a backend that answers before it has finished',
  29: 'a machine that sleeps, and a worker that is stopped',
  30: 'a GPU that is lost',
  31: 'a model file that is malicious',
  32: 'weights that hold code',
  33: 'pictures and videos that are odd or dangerous to decode',
  34: 'odd paths',
  35: 'inputs that change while they are read',
  36: 'a second start of the application',
  37: 'requests from elsewhere than the page',
  38: 'a page that tries to leave',
  39: 'a run that dies at any step and is resumed',
  40: 'an export that meets files which are there',
}

const nameOfFault = /['"`].*?\bfault-(\d\d)(?!\d)|\bdef test_fault_(\d\d)_/g

function namedFaults(): ReadonlySet<string> {
  const tests = repositoryFiles().filter((file) => /^test\/.*(\.test\.tsx?|\/test_\w+\.py)$/.test(file))
  const lines = tests.flatMap((file) => readText(file).split('\n')).filter((line) => !/^\s*(\/\/|#)/.test(line))
  return new Set(
    lines.flatMap((line) => [...line.matchAll(nameOfFault)].map(([, quoted, python]) => quoted ?? python ?? '')),
  )
}

test('every fault has a test that is named after it', () => {
  const named = namedFaults()
  expect(Object.entries(faults).filter(([row]) => !named.has(row))).toEqual([])
})

test('no test is named after a fault that is not listed', () => {
  expect([...namedFaults()].filter((row) => !(row in faults))).toEqual([])
})
