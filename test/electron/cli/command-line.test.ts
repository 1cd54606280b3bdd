import { describe, expect, test } from 'vitest'
import { commands, nameOf, readCommandLine } from '../../../electron/cli/command-line.ts'
import { defaultText, type Option, rangeText } from '../../../shared/domain/option.ts'
import { carriedOut, faultsOf, typed } from '../../fakes/typed-command.ts'

function shown(...words: readonly string[]): string {
  const request = readCommandLine(words, '1.2.3')
  return request.kind === 'shown' ? request.text : ''
}

test('a command comes with its words and the values of its options', () => {
  expect(typed('report ./run --format json,csv --out o --json')).toMatchObject({
    faults: [],
    typed: {
      words: ['./run'],
      values: { format: ['json', 'csv'], out: 'o', json: true, overwrite: false },
      given: new Set(['format', 'out', 'json']),
    },
  })
})

test('--help lists every command and the exit codes', () => {
  for (const words of [[], ['--help'], ['-h']]) {
    const text = shown(...words)
    for (const command of commands) expect(text).toContain(`\n  ${command.usage}`)
    expect(text).toMatch(/130\s+cancelled/)
  }
})

test.each(commands.map((command) => [nameOf(command), command] as const))(
  '%s --help shows every option with its range and default, and the exit codes',
  (name, command) => {
    const lines = shown(name, '--help').split('\n')
    for (const option of Object.values<Option>(command.options)) {
      const line = lines.find((each) => each.trim().split(' ')[0] === `--${option.flag}`)
      expect(line).toContain(option.description)
      expect(line).toContain(rangeText(option) ?? '')
      expect(line).toContain(defaultText(option) ?? '')
    }
    expect(lines).toContain(
      '  3    finished, with failed or skipped cases, points or videos; or converted to ONNX only, because the engine cannot be built here',
    )
  },
)

test('--version names the version', () => {
  expect([shown('--version'), shown('-v')]).toEqual(['enginebench 1.2.3', 'enginebench 1.2.3'])
})

test.each([
  ['fly', 'There is no command "fly".', /^Choose from: doctor, setup, /],
  ['modles', 'There is no command "modles".', /^Did you mean models\?$/],
])('the command %s does not exist', (word, message, remedy) => {
  expect(() => readCommandLine([word], '1.2.3')).toThrow(
    expect.objectContaining({
      record: expect.objectContaining({ code: 'bad-usage', message, remedy: expect.stringMatching(remedy) }),
    }),
  )
})

test.each([
  ['run --modle digits --model digits', ['run has no option --modle. Did you mean --model?']],
  ['run --model digits --xyzzy', ['run has no option --xyzzy. See enginebench run --help']],
  ['report', ['report needs <run>. Write: enginebench report <run>']],
  ['doctor please', ['"please" is one word too many. Write: enginebench doctor']],
  ['run --model digits --json=yes', ['--json takes no value. Write --json only.']],
  ['run --model --json', ['--model needs a value. Write --model MODEL.']],
  ['run --model digits --batch -1', ['--batch cannot be "-1". Give a whole number of at least 1.']],
])('%s is refused', (words, faults) => {
  expect(faultsOf(words)).toEqual(faults)
})

describe('all faults of a command are reported at once', () => {
  test('each with its range, and those of the plan with them; nothing is started', async () => {
    const words = 'run --model nope --cold-start 3 --energy 8 --batch 0 --threds 2'
    const unknown = { code: 'unknown-model', stage: 'plan', message: 'No nope.', remedy: 'See models.', cause: null }
    const { BenchError } = await import('../../../shared/domain/bench-error.ts')
    const models = {
      list: async () => [],
      find: () => Promise.reject(new BenchError({ ...unknown, code: 'unknown-model', stage: 'plan' })),
      trust: async () => {},
    }
    await expect(carriedOut(words, { models }).code).rejects.toMatchObject({
      record: {
        code: 'bad-usage',
        message: [
          'This command has 6 errors:',
          '  run has no option --threds. Did you mean --threads?',
          '  --batch cannot be "0". Give a whole number of at least 1.',
          '  --cold-start cannot be "3". Give a whole number from 5 to 50.',
          '  --energy cannot be "8". Give a number from 10 to 300.',
          "  --energy does not apply to --device cpu: only the energy counter of a GPU's board is read. Leave it out.",
          '  No nope. See models.',
        ].join('\n'),
        remedy: 'Nothing was started. For every option and its range: enginebench run --help',
      },
    })
  })

  test('a single fault is one sentence and its remedy', async () => {
    await expect(carriedOut('run', {}).code).rejects.toMatchObject({
      record: {
        code: 'bad-usage',
        message: 'run needs a model.',
        remedy: 'Add --model ID, FILE.onnx or a source, e.g. timm:resnet18; `enginebench models` lists the ids.',
      },
    })
  })
})

test('hashes that look like numbers stay as they were typed, however often they are given', () => {
  expect(typed('run --artifact 12e4 --artifact=0012 --artifact ab12').typed.values).toMatchObject({
    artifact: ['12e4', '0012', 'ab12'],
  })
})

describe('an option that does not apply is refused, never ignored', () => {
  const run = 'run --model digits'
  const convert = 'convert --model digits'
  test.each([
    [`${run} --server-rate 5`, ['server-rate']],
    [`${run} --server-percentile 90 --server-duration 5`, ['server-percentile', 'server-duration']],
    [`${run} --energy`, ['energy']],
    [
      'run --resume ./r --model m --batch 2 --out o --cold-start --half-width 2',
      ['model', 'batch', 'out', 'cold-start', 'half-width'],
    ],
    [
      'noise-floor --list --preset quick --device cpu --comparisons 40 --progress none',
      ['preset', 'device', 'comparisons', 'progress'],
    ],
    ['artifacts --model m --precision fp16 --trust-engine', ['model', 'precision', 'trust-engine']],
    ['artifacts show ab --model m', ['model']],
    ['artifacts log ab --json', ['json']],
    ['artifacts remove ab --json', ['json']],
    [
      'setup python --use p --torch-source s --torch-version 2.13.0 --python q --accept-licence x --repair',
      ['torch-source', 'torch-version', 'python', 'accept-licence', 'repair'],
    ],
    ['setup python --tensorrt-version 11.4.0.106 --cuda cu13', ['tensorrt-version', 'cuda']],
    ['setup python --environment openvino --torch-source s --torch-version 2.13.0', ['torch-source', 'torch-version']],
    ['setup python --accept-licence AGPL-3.0', ['accept-licence AGPL-3.0']],
    [
      `${convert} --to onnx --elsewhere fp16 --calibration-images i --calibration-method entropy --calibration-limit 5 --sensitivity`,
      ['elsewhere', 'calibration-images', 'calibration-limit', 'calibration-method', 'sensitivity'],
    ],
    [`${convert} --to onnx --keep-operators Softmax --keep-nodes n`, ['keep-operators', 'keep-nodes']],
    [`${convert} --to openvino --precision fp16 --keep-operators Softmax`, ['keep-operators']],
    [
      `${convert} --to openvino --workspace-gib 2 --optimization-level 3 --no-timing-cache --version-compatible --hardware-compatible`,
      ['workspace-gib', 'optimization-level', 'no-timing-cache', 'version-compatible', 'hardware-compatible'],
    ],
    [
      `${convert} --to tensorrt-rtx --precision fp16 --workspace-gib 2 --optimization-level 3 --no-timing-cache`,
      ['optimization-level', 'no-timing-cache'],
    ],
    [`${convert} --to onnx --builds 3`, ['builds']],
    [`${convert} --to tensorrt --builds 3 --precision best`, ['builds']],
    [`${convert} --to tensorrt --builds 3 --save-recipe r.json`, ['save-recipe']],
    [`${convert} --to onnx --weights hub --seed 3`, ['seed']],
    [
      'convert --recipe r.json --model m --precision fp16 --no-simplify --weights auto',
      ['model', 'precision', 'no-simplify', 'weights'],
    ],
  ])('%s', (words, flags) => {
    const faults = typed(words).faults
    expect(faults.map(({ code }) => code)).toEqual(flags.map(() => 'bad-usage'))
    expect(faults.map(({ message }) => message.split(' does not apply ')[0])).toEqual(flags.map((flag) => `--${flag}`))
  })
})

test.each([
  'run --model digits --server-bound 20 --server-rate 5 --server-percentile 90 --server-duration 4',
  'run --model digits --budget 5',
  'run --model digits --device cuda --energy --all-passes',
  'run --resume ./r --json --progress none',
  'noise-floor --list --json',
  'artifacts add e.plan --model m --precision fp16 --trust-engine --json',
  'setup python --environment yolo --torch-version 2.13.0 --accept-licence AGPL-3.0',
  'convert --model digits --to tensorrt --precision int8 --elsewhere fp16 --sensitivity --workspace-gib 2 --optimization-level 3 --no-timing-cache',
  'convert --model digits --to onnx --precision best --calibration-limit 100',
  'convert --recipe r.json --save-recipe s.json --out o --json',
])('%s applies', (words) => {
  expect(faultsOf(words)).toEqual([])
})
