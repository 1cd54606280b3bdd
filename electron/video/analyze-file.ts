// One video through every engine of an analysis, in rounds: each takes the same next frames, and the order changes from
// round to round. With more than one engine every round proves that all saw the same frames. An unreadable file becomes
// a record with its reason. Unfinished files are in one folder, which is removed before this returns. Throws only a
// cancel, write errors and bugs.
import { join, relative, sep } from 'node:path'
import type { FrameSampling, VideoTask } from '../../shared/domain/analyzer.ts'
import { BenchError } from '../../shared/domain/bench-error.ts'
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import type { FrameAgreement, VideoFileRecord } from '../../shared/domain/video-record.ts'
import { seededParityReason } from '../../shared/statistics/parity.ts'
import type { RequestResult } from '../../shared/worker-protocol/requests.ts'
import { textSha256 } from '../inputs/file-hash.ts'
import { openRegularFile, UnsuitableFile } from '../store/regular-file.ts'
import { inUnfinishedFolder } from '../store/temporary-files.ts'
import { boxAgreement, embeddingAgreement, writeTables } from './result-tables.ts'
import { addPace, noPace, type PaceTotals, paceOf, type VideoEngine } from './video-engine.ts'
import type { VideoFile } from './video-library.ts'

/** What every file of an analysis is analysed with. */
export interface FileJob {
  readonly task: VideoTask
  readonly engines: readonly VideoEngine[]
  readonly sampling: FrameSampling
  readonly scoreThreshold: number | null
  readonly framesPerRound: number
  /** Absolute; exists already. */
  readonly outFolder: string
  readonly isSeeded: boolean
  readonly startedAtNs: number
  /** Increases over all files, so that the order keeps changing. */
  readonly nextRound: () => number
  readonly onEvent: (event: VideoEvent) => void
  readonly signal: AbortSignal
}

type Opened = RequestResult<'open-video'>
type Part = RequestResult<'analyze-video'>

interface Pass {
  readonly engine: VideoEngine
  readonly parts: string
  pace: PaceTotals
  positionS: number
  results: number
}

/** Failures of the output folder, not of a file or an engine. */
const writeFailures = new Set(['disk-full', 'not-writable'])

export async function analyzeFile(job: FileJob, video: VideoFile): Promise<VideoFileRecord> {
  const problem = await whyUnopened(video.file)
  if (problem !== null) return { ...nothingOf(video.name), state: 'skipped', reason: problem }
  try {
    return await inUnfinishedFolder(join(job.outFolder, '.video'), (folder) => throughEngines(job, video, folder))
  } catch (error) {
    job.signal.throwIfAborted()
    if (!(error instanceof BenchError) || writeFailures.has(error.record.code)) throw error
    const state = error.record.code === 'unreadable-video' ? 'skipped' : 'failed'
    return { ...nothingOf(video.name), state, reason: `${error.record.message} ${error.record.remedy}` }
  }
}

/** A decoder would wait for a pipe. Null if the file can be opened, or may be gone: decoding reports that. */
async function whyUnopened(file: string): Promise<string | null> {
  try {
    await (await openRegularFile(file)).close()
    return null
  } catch (error) {
    return error instanceof UnsuitableFile ? `The file ${error.message}.` : null
  }
}

export function nothingOf(file: string): Omit<VideoFileRecord, 'state' | 'reason'> {
  return {
    file,
    ...{ width: null, height: null, codec: null, frameRate: null, durationS: null },
    ...{ frames: 0, results: 0, parquet: [], framesSha256: null, engines: [], agreement: null },
  }
}

async function throughEngines(job: FileJob, video: VideoFile, unfinished: string): Promise<VideoFileRecord> {
  const passes: Pass[] = job.engines
    .filter(({ runCase }) => runCase.isGoing)
    .map((engine, index) => ({
      engine,
      parts: join(unfinished, String(index)),
      ...{ pace: noPace, positionS: 0, results: 0 },
    }))
  const opened: Opened[] = []
  for (const pass of passes) opened.push(await guarded(pass, () => open(job, video, pass, passes.length > 1)))
  const [facts] = opened
  const [first] = passes
  if (facts === undefined || first === undefined) throw noEngine()
  const { hashes, problem } = await takeTurns(job, video, passes, facts.durationS)
  const { width, height, codec, frameRate, durationS } = facts
  const shared = { ...nothingOf(video.name), width, height, codec, frameRate, durationS }
  if (first.pace.frames === 0) return { ...shared, state: 'skipped', reason: problem ?? 'No frame of it was sampled.' }
  const agreement = await frameAgreement(
    job,
    passes.map(({ engine, parts }) => ({ engine, parts })),
    first.pace.frames,
  )
  const parquet = await writeTables(first.parts, job.task, join(job.outFolder, 'files', ...video.name.split('/')))
  for (const { engine, pace } of passes) engine.addPace(pace)
  return {
    ...shared,
    state: problem === null ? 'completed' : 'damaged',
    reason: problem,
    frames: first.pace.frames,
    results: first.results,
    parquet: parquet.map((file) => relative(job.outFolder, file).split(sep).join('/')),
    framesSha256: passes.length > 1 ? textSha256(hashes.join('\n')) : null,
    engines: passes.map(({ engine, pace }) => paceOf(engine.caseKey, pace)),
    agreement,
  }
}

async function open(job: FileJob, video: VideoFile, { engine, parts }: Pass, hashFrames: boolean): Promise<Opened> {
  const worker = await engine.worker(job.signal)
  const { sampling, scoreThreshold } = job
  return worker.request(
    'open-video',
    { file: video.file, sampling, scoreThreshold, folder: parts, hashFrames },
    job.signal,
  )
}

async function takeTurns(job: FileJob, video: VideoFile, passes: readonly Pass[], durationS: number | null) {
  const hashes: string[] = []
  for (let part = 0; ; part += 1) {
    const round = job.nextRound()
    const order = round % 2 === 0 ? passes : [...passes].reverse()
    const answers: Part[] = []
    for (const [orderInRound, pass] of order.entries()) {
      answers.push(await guarded(pass, () => takeTurn(job, pass, { part, round, orderInRound })))
    }
    const [answer] = answers
    if (answer === undefined) throw noEngine()
    if (answers.some(({ framesSha256 }) => framesSha256 !== answer.framesSha256)) throw otherFrames(video.name)
    if (answer.framesSha256 !== null) hashes.push(answer.framesSha256)
    const { frames = 0, videoS: positionS = 0 } = passes[0]?.pace ?? {}
    job.onEvent({ kind: 'round-completed', task: job.task, file: video.name, frames, positionS, durationS })
    if (answer.isEnd) return { hashes, problem: answer.problem }
  }
}

interface Turn {
  readonly part: number
  readonly round: number
  readonly orderInRound: number
}

async function takeTurn(job: FileJob, pass: Pass, { part, round, orderInRound }: Turn): Promise<Part> {
  const worker = await pass.engine.worker(job.signal)
  const answer = await worker.request('analyze-video', { frames: job.framesPerRound, part }, job.signal)
  pass.engine.keep(answer, { round, orderInRound, startedAtNs: job.startedAtNs })
  const { frames, stageMs, positionS, results } = answer
  pass.pace = addPace(pass.pace, { frames, videoS: positionS - pass.positionS, stageMs })
  pass.positionS = positionS
  pass.results += results
  return answer
}

/** A failure of the file is only thrown; any other also counts as the engine's. */
async function guarded<Result>({ engine }: Pass, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof BenchError && error.record.code !== 'unreadable-video') await engine.failed(error)
    throw error
  }
}

function otherFrames(file: string): BenchError {
  return new BenchError({
    code: 'input-mismatch',
    stage: 'measure',
    message: `The engines did not see the same frames of ${file}, so nothing is compared.`,
    remedy: 'Set up both Python environments again, so that they decode with the same PyAV.',
  })
}

function noEngine(): BenchError {
  return new BenchError({
    code: 'backend-unavailable',
    stage: 'measure',
    message: 'No engine of the analyzer is left to analyse it.',
    remedy: 'Read why each engine ended, and choose another.',
  })
}

// Agreement of two engines' results on the frames of a video. With seeded weights the figures mean nothing for
// predictions, and say so. Null with only one engine.

interface EngineParts {
  readonly engine: VideoEngine
  readonly parts: string
}

async function frameAgreement(
  { task, isSeeded }: Pick<FileJob, 'task' | 'isSeeded'>,
  [first, second]: readonly EngineParts[],
  frames: number,
): Promise<FrameAgreement | null> {
  if (first === undefined || second === undefined) return null
  const cosine = task === 'embeddings' ? await embeddingAgreement(first.parts, second.parts) : null
  return {
    reference: first.engine.caseKey,
    candidate: second.engine.caseKey,
    frames,
    meanCosine: cosine?.mean ?? null,
    smallestCosine: cosine?.smallest ?? null,
    detection: task === 'detections' ? await boxAgreement(first.parts, second.parts) : null,
    caution: isSeeded ? seededParityReason : null,
  }
}
