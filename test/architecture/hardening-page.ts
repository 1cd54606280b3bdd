// The faults that a measurement must survive and Electron's rules of security, each held by at least one test named after
// its number: `fault-07` or `rule-07` in a name of TypeScript's, `fault_07` in one of Python's. A new way to fail gets its
// row here before its test. The page docs/reference/hardening.md is generated from these rows and from the tests.
import { readText, repositoryFiles } from './source-tree.ts'

interface Row {
  readonly what: string
  /** What no test here can have, and what stands in for it. */
  readonly standIn?: string
}

const noGpu = 'The tests need no GPU: a fake of the library answers as the real one does.'

export const faults: Readonly<Record<string, Row>> = {
  '01': { what: 'a worker that crashes in the middle of a block' },
  '02': { what: 'a worker that the system kills, for memory or not' },
  '03': { what: 'a GPU whose memory runs out', standIn: noGpu },
  '04': { what: 'a GPU context that every later call finds spoilt', standIn: noGpu },
  '05': { what: 'a native call that hangs with the interpreter’s lock held' },
  '06': { what: 'a worker that is alive and gets nowhere' },
  '07': { what: 'a worker that ignores being cancelled, and its own children' },
  '08': { what: 'a cancel that meets the end of a run' },
  '09': { what: 'a supervisor that is killed' },
  10: { what: 'a page that crashes or is loaded again' },
  11: { what: 'messages that are no messages' },
  12: { what: 'samples that cannot be right' },
  13: { what: 'a disk that is full' },
  14: {
    what: 'power that fails at any step of writing',
    standIn: 'No power is cut: the process ends before every step of writing, and what was not synced is thrown away.',
  },
  15: { what: 'an index that is locked or damaged' },
  16: { what: 'an engine that is damaged, or was built for another library or GPU' },
  17: { what: 'a precision that a library ignores' },
  18: { what: 'a name that a newer library has removed' },
  19: { what: 'a provider that falls back in silence' },
  20: { what: 'a native library that is absent or of another version' },
  21: { what: 'a GPU that an engine does not support', standIn: noGpu },
  22: { what: 'a management library that is absent, or readings that it does not give', standIn: noGpu },
  23: { what: 'heat that slows the GPU', standIn: noGpu },
  24: { what: 'other programs on the processor or the GPU' },
  25: { what: 'drift, two modes, no steady state' },
  26: { what: 'identical cases' },
  27: { what: 'a difference of known size' },
  28: { what: 'a backend that answers before it has finished' },
  29: {
    what: 'a machine that sleeps, and a worker that is stopped',
    standIn: 'No machine sleeps: processes are stopped and continued, and clocks of tests jump.',
  },
  30: { what: 'a GPU that is lost', standIn: noGpu },
  31: { what: 'a model file that is malicious' },
  32: { what: 'weights that hold code' },
  33: { what: 'pictures and videos that are odd or dangerous to decode' },
  34: {
    what: 'odd paths',
    standIn: 'Names that only Windows reserves are tried as plain names: the tests run on Linux.',
  },
  35: { what: 'inputs that change while they are read' },
  36: { what: 'a second start of the application' },
  37: { what: 'requests from elsewhere than the page' },
  38: { what: 'a page that tries to leave' },
  39: { what: 'a run that dies at any step and is resumed' },
  40: { what: 'an export that meets files which are there' },
}

/** In the order and the numbers of Electron's own list. */
export const rules: Readonly<Record<string, Row>> = {
  '01': { what: 'load only secure content' },
  '02': { what: 'no Node in the page' },
  '03': { what: 'isolate the bridge from the page' },
  '04': {
    what: 'sandbox every page',
    standIn: 'Root has no system sandbox: the window’s own setting is read.',
  },
  '05': { what: 'deny permissions' },
  '06': { what: 'keep the same-origin policy' },
  '07': { what: 'state a content security policy' },
  '08': { what: 'no insecure content' },
  '09': { what: 'no experimental features' },
  10: { what: 'no Blink features beyond the usual' },
  11: { what: 'no pop-ups of a webview' },
  12: { what: 'check what a webview asks for: there is none' },
  13: { what: 'stay on the page' },
  14: { what: 'open no other window' },
  15: { what: 'open nothing in other programs' },
  16: { what: 'run a supported Electron, or say so' },
  17: { what: 'check the sender of every request' },
  18: { what: 'serve the page by a scheme of its own, not as files' },
  19: { what: 'set the fuses' },
  20: { what: 'give the page none of Electron’s objects' },
}

/** By number, the files whose tests have it in their names. */
export function testsNamed(prefix: 'fault' | 'rule'): ReadonlyMap<string, readonly string[]> {
  const quoted = new RegExp(`\\b${prefix}-(\\d\\d)(?!\\d)`, 'g')
  const python = new RegExp(`\\bdef test_${prefix}_(\\d\\d)_`, 'g')
  const found = new Map<string, string[]>()
  const tests = repositoryFiles().filter((file) => /^test\/.*(\.test\.tsx?|\/test_\w+\.py)$/.test(file))
  for (const file of [...tests].sort()) {
    const lines = readText(file)
      .split('\n')
      .filter((line) => !/^\s*(\/\/|#)/.test(line))
    const numbers = lines.flatMap((line) => {
      const named = /['"`]/.test(line) ? [...line.slice(line.search(/['"`]/)).matchAll(quoted)] : []
      return [...named, ...line.matchAll(python)].map(([, number = '']) => number)
    })
    for (const number of new Set(numbers)) found.set(number, [...(found.get(number) ?? []), file])
  }
  return found
}

/** The matrix, as Markdown. */
export function hardeningPage(): string {
  return [
    '# Faults and rules',
    `Generated from \`test/architecture/hardening-page.ts\` and the names of the tests: run \`npm run generate\` after a change.
To run the tests of one row, name its number: \`npx vitest run -t fault-13\`, \`npx playwright test -g rule-05\`,
\`pytest -k fault_33\`.`,
    '## Faults that a measurement must survive',
    matrix('fault', faults),
    '## Electron’s rules of security',
    matrix('rule', rules),
    '',
  ].join('\n\n')
}

function matrix(prefix: 'fault' | 'rule', rows: Readonly<Record<string, Row>>): string {
  const named = testsNamed(prefix)
  const lines = Object.entries(rows)
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([number, { what, standIn = '' }]) => {
      const files = (named.get(number) ?? []).map((file) => `\`${file}\``)
      return `| ${number} | ${what} | ${files.join(', ')} | ${standIn} |`
    })
  return ['| | What | Tests | What they stand in for |', '| --- | --- | --- | --- |', ...lines].join('\n')
}
