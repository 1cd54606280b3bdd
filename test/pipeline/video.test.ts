// Videos for real: the app's own services, Python workers, two codecs, files that only look like videos.
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Services } from '../../electron/services.ts'
import { readSampleLines } from '../../electron/store/run-folder.ts'
import type { SampleBlock } from '../../shared/domain/sample-block.ts'
import { videoRecordSchema } from '../../shared/domain/video-record.ts'
import { summarizeGroup } from '../../shared/statistics/group-summary.ts'
import { testMain } from '../fakes/conversion-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { analyzed, makeVideos, videoServices } from '../fakes/video-bench.ts'

const home = temporaryFolder()
const library = join(home, 'library [of] videos')
const embedder = { model: 'tiny-embedder', batchSize: 4, engine: { backend: 'onnxruntime' } }
let services: Services

async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

async function query(sql: string): Promise<readonly unknown[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  return (await connection.runAndReadAll(sql)).getRowsJS()
}

describe.runIf(testMain !== null)('analysing videos for real', () => {
  beforeAll(async () => {
    const python = testMain ?? ''
    await makeVideos(python, library, [
      '(folder / "more").mkdir()',
      'moving_photograph(folder / "a.mp4", seconds=3)',
      'moving_photograph(folder / "more" / "b\'s.mkv", codec="libx264", sample="coffee.jpg")',
      'sound_alone(folder / "sound.mp4")',
      'truncated(moving_photograph(folder / "cut.mp4"), 0.6)',
      '(folder / "notes.txt").write_text("no video")',
    ])
    services = await videoServices(home, python)
  }, 120_000)

  it('analyses what can be read, skips the rest with its reason, and keeps results as Parquet', async () => {
    const out = join(home, 'one')
    const analyzer = { sampling: { everyFrames: 2 }, framesPerRound: 8, tasks: { embeddings: embedder } }
    const record = await analyzed(services, library, analyzer, out)
    expect(videoRecordSchema.parse(JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')))).toEqual(record)
    expect(record).toMatchObject({ state: 'completed', error: null })
    expect(record.library).toMatchObject({ found: 5, videos: 4, passedOver: 1 })
    const [analysis] = record.analyses
    const files = analysis?.files ?? []
    expect(files.map(({ file, state, codec, frames, results }) => [file, state, codec, frames, results])).toEqual([
      ['a.mp4', 'completed', 'mpeg4', 15, 15],
      ['cut.mp4', 'skipped', null, 0, 0],
      ["more/b's.mkv", 'completed', 'h264', 10, 10],
      ['sound.mp4', 'skipped', null, 0, 0],
    ])
    expect(files[1]?.reason).toMatch(/^cut\.mp4 cannot be analysed: it cannot be opened as a video/)
    expect(files[3]?.reason).toMatch(/^sound\.mp4 cannot be analysed: it has no video track/)
    expect(await filesUnder(out)).toEqual([
      'files/a.mp4/embeddings-frames.parquet',
      'files/a.mp4/embeddings.parquet',
      "files/more/b's.mkv/embeddings-frames.parquet",
      "files/more/b's.mkv/embeddings.parquet",
      'report.md',
      'samples/tiny-embedder-b4-infer/onnxruntime-fp32.ndjson',
      'samples/tiny-embedder-b4/onnxruntime-fp32.ndjson',
      'summary.json',
    ])
    expect(
      await query(`SELECT frame, round(time_s, 3), len(embedding)::INTEGER, round(list_cosine_similarity(embedding, embedding), 3)
        FROM '${out}/files/a.mp4/embeddings.parquet' LIMIT 3`),
    ).toEqual([
      [0, 0, 10, 1],
      [2, 0.2, 10, 1],
      [4, 0.4, 10, 1],
    ])
  }, 60_000)

  it('adds up its stages, and says frames a second and how much faster than real time', async () => {
    const record = await analyzed(services, library, { tasks: { embeddings: embedder } }, join(home, 'pace'))
    const pace = record.analyses[0]?.engines[0]
    if (pace === undefined) throw new Error('no engine')
    const { stageMs, stageShares, elapsedMs, frames, videoS, framesPerSecond, realTimeFactor } = pace
    expect([frames, Math.round(videoS * 10) / 10]).toEqual([5, 5])
    expect(Object.values(stageMs).reduce((sum, value) => sum + value, 0)).toBeCloseTo(elapsedMs, 6)
    expect(Object.values(stageShares ?? {}).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9)
    expect(framesPerSecond.value).toBeCloseTo((5 / elapsedMs) * 1000, 6)
    expect(realTimeFactor.value).toBeCloseTo((videoS / elapsedMs) * 1000, 6)
  }, 60_000)

  it('compares two engines round by round over the same frames, and the samples give the verdict again', async () => {
    const out = join(home, 'two [of] *')
    const tasks = { embeddings: { ...embedder, compareWith: { backend: 'torch-eager' } } }
    const analyzer = { sampling: { everyFrames: 1 }, framesPerRound: 3, threads: 1, tasks }
    const record = await analyzed(services, library, analyzer, out)
    const [analysis] = record.analyses
    expect(analysis?.resultsOf).toBe('onnxruntime-fp32')
    const [first] = analysis?.files ?? []
    expect(first).toMatchObject({ state: 'completed', framesSha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(first?.agreement).toMatchObject({
      reference: 'onnxruntime-fp32',
      candidate: 'torch-eager-fp32',
      frames: 30,
      caution: null,
    })
    expect(first?.agreement?.smallestCosine).toBeGreaterThan(0.9999)
    const groups = analysis?.groups ?? []
    expect(groups.map(({ groupKey, baseline }) => [groupKey, baseline])).toEqual([
      ['tiny-embedder-b4', 'torch-eager-fp32'],
      ['tiny-embedder-b4-infer', 'torch-eager-fp32'],
    ])
    for (const group of groups) {
      const blocks = new Map<string, readonly SampleBlock[]>()
      for (const { caseKey } of group.cases) {
        blocks.set(caseKey, (await readSampleLines(out, group.groupKey, caseKey)).blocks)
      }
      expect(summarizeGroup(group, (caseKey) => blocks.get(caseKey) ?? [])).toEqual(group)
      const orders = (blocks.get('onnxruntime-fp32') ?? []).map(({ orderInRound }) => orderInRound)
      expect(orders.slice(0, 4)).toEqual([0, 1, 0, 1])
      expect(orders.length).toBe(12)
    }
    const candidate = groups[0]?.cases.find(({ caseKey }) => caseKey === 'onnxruntime-fp32')
    expect(candidate?.parity).toMatchObject({ verdict: 'pass', reference: 'torch-eager-fp32' })
    expect(['faster', 'slower', 'no-difference', 'refused']).toContain(candidate?.speedup.verdict)
  }, 120_000)

  it('is cancelled by a shutdown, which waits until its record is written', async () => {
    const out = join(home, 'shut down')
    const analyzer = { sampling: { everyFrames: 1 }, framesPerRound: 4, tasks: { embeddings: embedder } }
    let whenOver: Promise<unknown> = Promise.resolve()
    const record = await analyzed(services, library, analyzer, out, (event) => {
      if (event.kind !== 'file-ended') return
      whenOver = services.video.shutdown().then(() => readFile(join(out, 'summary.json'), 'utf8'))
    })
    expect(JSON.parse(String(await whenOver))).toEqual(record)
    expect(record.state).toBe('cancelled')
    await services.video.shutdown()
  }, 60_000)

  it('keeps the files that are finished when it is cancelled, and leaves nothing half-written', async () => {
    const out = join(home, 'cancelled')
    const analyzer = { sampling: { everyFrames: 1 }, tasks: { embeddings: embedder } }
    const record = await analyzed(services, library, analyzer, out, (event, cancel) => {
      if (event.kind === 'file-ended') cancel()
    })
    expect(record.state).toBe('cancelled')
    expect(record.analyses[0]?.files.map(({ state }) => state)).toEqual([
      'completed',
      'cancelled',
      'cancelled',
      'cancelled',
    ])
    expect(await filesUnder(out)).toEqual([
      'files/a.mp4/embeddings-frames.parquet',
      'files/a.mp4/embeddings.parquet',
      'report.md',
      'samples/tiny-embedder-b4-infer/onnxruntime-fp32.ndjson',
      'samples/tiny-embedder-b4/onnxruntime-fp32.ndjson',
      'summary.json',
    ])
  }, 60_000)

  it('keeps what could be decoded of a video that breaks off, and says where', async () => {
    const broken = join(home, 'broken')
    const lines = ['truncated(moving_photograph(folder / "a.mkv", seconds=4), 0.6)']
    await makeVideos(testMain ?? '', broken, lines)
    const analyzer = { sampling: { everyFrames: 1 }, tasks: { embeddings: embedder } }
    const record = await analyzed(services, broken, analyzer, join(home, 'damaged'))
    const [file] = record.analyses[0]?.files ?? []
    expect(record.state).toBe('completed')
    expect(file).toMatchObject({
      state: 'damaged',
      reason: expect.stringMatching(/^it (ends|cannot be decoded) after /),
    })
    expect([(file?.frames ?? 0) > 0, (file?.frames ?? 0) < 40, file?.parquet.length]).toEqual([true, true, 2])
  }, 60_000)

  it('fails, with the reason of the first file, where none can be read', async () => {
    const bad = join(home, 'bad')
    await makeVideos(testMain ?? '', bad, ['sound_alone(folder / "sound.mp4")'])
    const record = await analyzed(services, bad, { tasks: { embeddings: embedder } }, join(home, 'none'))
    expect(record).toMatchObject({ state: 'failed', error: { code: 'unreadable-video' } })
    expect(record.error?.message).toContain('it has no video track')
  }, 60_000)

  it('refuses an empty folder, a model of another task and an unknown model before anything is written', async () => {
    const empty = join(home, 'empty')
    await makeVideos(testMain ?? '', empty, [])
    const out = join(home, 'refused')
    const refused = (folder: string, tasks: object) =>
      analyzed(services, folder, { tasks }, out).then(
        () => null,
        ({ record }) => record,
      )
    expect(await refused(empty, { embeddings: embedder })).toMatchObject({ code: 'no-videos' })
    expect(await refused(library, { detections: embedder })).toMatchObject({
      code: 'bad-analyzer',
      message: expect.stringMatching(/, line 1: tasks\.detections\.model: Tiny embedder gives no detections\.$/),
    })
    expect(await refused(library, { embeddings: { model: 'gone' } })).toMatchObject({ code: 'unknown-model' })
    await rm(`${out}.analyzer.json`)
    expect((await readdir(home)).includes('refused')).toBe(false)
  }, 60_000)
})
