// Holds the table "To add" of ARCHITECTURE.md: adds one of each in a scratch copy, in the files that its row names and in
// no other, and type-checks the copy. What no compiler sees (a model, a statistic) is held by the tests that read the
// folders.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { readText, repositoryFiles, repositoryFolder } from './source-tree.ts'

interface Edit {
  readonly file: string
  readonly change: (text: string) => string
}

interface Addition {
  /** New files, each like one that is there. */
  readonly copies: readonly { readonly from: string; readonly to: string; readonly change: Edit['change'] }[]
  readonly edits: readonly Edit[]
}

const additions: Readonly<Record<string, Addition>> = {
  'Python backend': {
    copies: [],
    edits: [
      { file: 'shared/domain/backend.ts', change: withRow('const rows = {', 'torch-compile', 'torch-scratch') },
      {
        file: 'shared/domain/backend-measuring.ts',
        change: withRow(
          'const rows: Readonly<Record<BackendId, MeasuringFacts>> = {',
          'torch-compile',
          'torch-scratch',
        ),
      },
    ],
  },
  'artifact kind': {
    copies: [],
    edits: [
      {
        file: 'shared/domain/artifact-kind.ts',
        change: (text) =>
          withRow(
            'const rows = {',
            'openvino-ir',
            'scratch-engine',
          )(text).replace(/target: 'openvino'/, "target: 'scratch'"),
      },
    ],
  },
  'Python environment': {
    copies: [],
    edits: [
      { file: 'shared/domain/python-environment.ts', change: withRow('const rows = {', 'openvino', 'torch-scratch') },
    ],
  },
  'request to a worker': {
    copies: [],
    edits: [
      {
        file: 'shared/worker-protocol/case-requests.ts',
        change: withRow('export const caseRequests = {', 'prepare', 'scratch'),
      },
    ],
  },
  pass: {
    copies: [
      { from: 'shared/passes/energy.ts', to: 'shared/passes/scratch.ts', change: renamed('energy', 'scratch') },
      {
        from: 'electron/runs/passes/energy.ts',
        to: 'electron/runs/passes/scratch.ts',
        change: renamed('energy', 'scratch'),
      },
    ],
    edits: [
      {
        file: 'shared/passes/index.ts',
        change: listed('energy: energyPass,', 'scratch: scratchPass,', "import { scratchPass } from './scratch.ts'"),
      },
      {
        file: 'electron/runs/passes/measure-passes.ts',
        change: listed('energy: energyPass,', 'scratch: scratchPass,', "import { scratchPass } from './scratch.ts'"),
      },
    ],
  },
  'report format': {
    copies: [
      {
        from: 'shared/report/formats/json.ts',
        to: 'shared/report/formats/scratch.ts',
        change: (text) => text.replaceAll('jsonFormat', 'scratchFormat'),
      },
    ],
    edits: [
      {
        file: 'shared/report/formats/index.ts',
        change: listed('json: jsonFormat,', 'scratch: scratchFormat,', "import { scratchFormat } from './scratch.ts'"),
      },
      {
        file: 'shared/ipc/contract.ts',
        change: (text) => text.replace("z.enum(['json', ", "z.enum(['json', 'scratch', "),
      },
      {
        file: 'renderer/features/report/report-screen.tsx',
        change: (text) =>
          text
            .replace("  json: { title: 'JSON'", "  scratch: { title: 'Scratch', note: '' },\n  json: { title: 'JSON'")
            .replace("  md: 'Report',", "  scratch: 'Scratch',\n  md: 'Report',"),
      },
    ],
  },
  'request of the window': {
    copies: [],
    edits: [
      {
        file: 'shared/ipc/contract.ts',
        change: (text) =>
          text.replace(
            "'machine:describe': {",
            "'machine:scratch': { request: nothing, response: nothing },\n  'machine:describe': {",
          ),
      },
      {
        file: 'electron/ipc/handlers/application.ts',
        change: (text) =>
          text
            .replace("'app:describe' | 'machine:describe'", "'app:describe' | 'machine:describe' | 'machine:scratch'")
            .replace(
              "'machine:describe': () =>",
              "'machine:scratch': async () => ({}),\n    'machine:describe': () =>",
            ),
      },
    ],
  },
  command: {
    copies: [
      {
        from: 'electron/cli/doctor-command.ts',
        to: 'electron/cli/scratch-command.ts',
        change: (text) => text.replaceAll('doctorCommand', 'scratchCommand').replaceAll("'doctor'", "'scratch'"),
      },
    ],
    edits: [
      {
        file: 'electron/cli/command-line.ts',
        change: listed(
          '  doctorCommand,',
          '  scratchCommand,',
          "import { scratchCommand } from './scratch-command.ts'",
        ),
      },
    ],
  },
}

/** Rows that no compiler sees, each with the test that holds it. */
const heldElsewhere: Readonly<Record<string, string>> = {
  'model of a known family': 'test/electron/models/model-catalog.test.ts',
  'model of a new architecture': 'test/electron/python/models/test_transformers_models.py',
  statistic: 'test/shared/statistics/descriptive.test.ts',
}

function rowsOfTable(): ReadonlyMap<string, string> {
  const section = /## To add\n([\s\S]*)$/.exec(readText('ARCHITECTURE.md'))?.[1] ?? ''
  const rows = [...section.matchAll(/^\| ([^|]+) \| (.+) \|$/gm)].map(
    ([, what = '', touches = '']) => [what, touches] as const,
  )
  return new Map(rows.filter(([what]) => what !== 'To add a' && what !== '---'))
}

test('every row of the table "To add" is held, and nothing else is', () => {
  expect([...rowsOfTable().keys()].sort()).toEqual([...Object.keys(additions), ...Object.keys(heldElsewhere)].sort())
})

test.each(Object.entries(heldElsewhere))('%s: the test that holds it exists', (_what, file) => {
  expect(existsSync(join(repositoryFolder, file))).toBe(true)
})

test.each(Object.entries(additions))(
  '%s: its row names every file that one more touches',
  (what, { copies, edits }) => {
    const row = rowsOfTable().get(what) ?? ''
    const names = (file: string) =>
      row.includes(file) || row.includes(file.split('/').at(-1) ?? '') || row.includes(dirname(file))
    const unnamed = [
      ...copies.map(({ to }) => to.replace('scratch', '<name>')),
      ...edits.map(({ file }) => file),
    ].filter((file) => !names(file))
    expect(unnamed).toEqual([])
  },
)

test('one more of each compiles where only the files of its row change', { timeout: 600_000 }, () => {
  const scratch = temporaryFolder()
  for (const file of repositoryFiles().filter((each) =>
    /^(shared|electron|renderer)\/.*\.(tsx?|css)$|^(tsconfig|package)\.json$/.test(each),
  )) {
    mkdirSync(dirname(join(scratch, file)), { recursive: true })
    copyFileSync(join(repositoryFolder, file), join(scratch, file))
  }
  symlinkSync(join(repositoryFolder, 'node_modules'), join(scratch, 'node_modules'))
  for (const { copies, edits } of Object.values(additions)) {
    for (const { from, to, change } of copies) writeFileSync(join(scratch, to), change(readText(from)))
    for (const { file, change } of edits) {
      const before = readFileSync(join(scratch, file), 'utf8')
      const after = change(before)
      expect(after, `${file} must change`).not.toBe(before)
      writeFileSync(join(scratch, file), after)
    }
  }
  expect(compilerOutput(scratch)).toBe('')
})

function compilerOutput(folder: string): string {
  writeFileSync(
    join(folder, 'scratch.json'),
    JSON.stringify({ extends: './tsconfig.json', include: ['shared', 'electron', 'renderer'] }),
  )
  try {
    return execFileSync(join(repositoryFolder, 'node_modules/.bin/tsc'), ['-p', 'scratch.json'], {
      cwd: folder,
      encoding: 'utf8',
    })
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout)
  }
}

/** A row like the one of `like`, under another name, first in the table. */
function withRow(table: string, like: string, name: string): Edit['change'] {
  return (text) => {
    const row = new RegExp(`\\n  '?${like}'?: \\{[\\s\\S]*?\\n  \\},`).exec(text)?.[0] ?? ''
    return text.replace(table, `${table}${row.replace(new RegExp(`'?${like}'?:`), `'${name}':`)}`)
  }
}

function listed(after: string, line: string, statement: string): Edit['change'] {
  return (text) => `${statement}\n${text.replace(after, `${after}\n${line}`)}`
}

/** The stage stays: a pass may belong to a stage that is there. */
function renamed(from: string, to: string): Edit['change'] {
  return (text) =>
    text
      .replaceAll(`${from}Pass`, `${to}Pass`)
      .replaceAll(`<'${from}'>`, `<'${to}'>`)
      .replace(`field: '${from}'`, `field: '${to}'`)
      .replace(`key: '${from}'`, `key: '${to}'`)
}
