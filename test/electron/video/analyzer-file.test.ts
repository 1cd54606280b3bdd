import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readAnalyzer } from '../../../electron/video/analyzer-file.ts'
import { BenchError } from '../../../shared/domain/bench-error.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const file = join(temporaryFolder(), 'analyzer.json')

async function mistakeIn(text: string): Promise<string> {
  await writeFile(file, text)
  try {
    await readAnalyzer(file)
  } catch (error) {
    if (error instanceof BenchError && error.record.code === 'bad-analyzer')
      return error.record.message.replace(file, 'F')
    throw error
  }
  return 'none'
}

it('fills in a default for all but the task', async () => {
  await writeFile(file, '{ "tasks": { "detections": {} } }')
  expect((await readAnalyzer(file)).analyzer).toEqual({
    sampling: { framesPerSecond: 1 },
    tasks: {
      detections: {
        model: 'detr-resnet-50',
        batchSize: 8,
        engine: { backend: 'onnxruntime', precision: 'fp32', options: {} },
      },
    },
    framesPerRound: 32,
    weights: { kind: 'auto' },
    seed: 1,
    device: 'cpu',
    threads: null,
  })
})

it.each([
  [
    'a value that is missing',
    '{\n  "tasks": {\n    "embeddings": ,\n  }\n}',
    'F, line 3, column 19: not JSON from here on.',
  ],
  ['an end that is missing', '{\n  "tasks": {\n', 'F, line 2, column 12: not JSON from here on.'],
  ['a comment', '{\n  // what to do\n  "tasks": {}\n}', 'F, line 2, column 3: not JSON from here on.'],
  ['nothing', '', 'F, line 1, column 1: not JSON from here on.'],
])('names the line of JSON that cannot be read: %s', async (_case, text, message) => {
  expect(await mistakeIn(text)).toBe(message)
})

it.each([
  ['{\n"tasks": {\n"embeddings": {\n"batchSize": 0\n} } }', /^F, line 4: tasks\.embeddings\.batchSize: .*>0\.$/],
  ['{\n"tasks": {\n"embeddings": {\n"batchsize": 8 } } }', /^F, line 4: tasks\.embeddings\.batchsize is not known\.$/],
  [
    '{ "tasks": { "detections": {\n"engine": {\n\n"backend": "onnxruntime-node" } } } }',
    /^F, line 4: tasks\.detections\.engine\.backend: expected one of "torch-eager"\|.*\.$/,
  ],
  ['{ "tasks": {\n"detections": {\n"engine": {} } } }', /^F, line 3: tasks\.detections\.engine\.backend: /],
  [
    '{\n"sampling": { "everyFrames": 0 },\n"tasks": { "detections": {} } }',
    /^F, line 2: sampling\.everyFrames: .*>0\.$/,
  ],
  [
    '{\n"sampling": { "every": 2 },\n"tasks": { "detections": {} } }',
    /^F, line 2: sampling: must be \{ "everyFrames": n \}/,
  ],
  ['{\n\n"tasks": {} }', /^F, line 3: tasks: must name embeddings, detections or both\.$/],
  ['{}', /^F, line 1: tasks: /],
  ['[]', /^F, line 1: expected object, received array\.$/],
])('names the line and the value that does not fit: %j', async (text, words) => {
  expect(await mistakeIn(text)).toMatch(words)
})

it('says of a file that is not there', async () => {
  await expect(readAnalyzer(join(file, 'gone'))).rejects.toMatchObject({ record: { code: 'bad-analyzer' } })
})
