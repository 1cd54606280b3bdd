// Analyses a library of videos by an analyzer file, task after task. Refuses what cannot start before anything is
// written. Finished files stay, whatever happens; summary.json, report.md and the samples are written at every end,
// including a cancel, each whole or not at all. Until then, summary.json says what is finished, for one that is killed.
import { join, resolve } from 'node:path'
import { type Analyzer, analysesOf, frameSampling, type VideoAnalysisPlan } from '../../shared/domain/analyzer.ts'
import type { BackendId, BackendStatus } from '../../shared/domain/backend.ts'
import { BenchError, type BenchErrorRecord } from '../../shared/domain/bench-error.ts'
import { deviceKindOf } from '../../shared/domain/device.ts'
import type { Fingerprint, Gpu } from '../../shared/domain/fingerprint.ts'
import type { ModelManifest } from '../../shared/domain/model.ts'
import type { Plan } from '../../shared/domain/plan.ts'
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import { type VideoAnalysisRecord, type VideoRecord, videoSchemaVersion } from '../../shared/domain/video-record.ts'
import { shellWord } from '../../shared/planning/shell-word.ts'
import type { BackendDriver } from '../backends/backend-driver.ts'
import { newRunId } from '../runs/session/run-service.ts'
import type { ModelCatalog, RunService, StartedVideo, VideoRequest, VideoService } from '../services.ts'
import { jsonText, makeFolder, writeAtomically } from '../store/atomic-file.ts'
import type { TakeTurn } from '../turns.ts'
import type { AnalysisOutcome } from './analysis-outcome.ts'
import { writeVideoFolder } from './analysis-outcome.ts'
import { type AnalyzerFile, readAnalyzer } from './analyzer-file.ts'
import { notEnded, UnfinishedSummary } from './unfinished-summary.ts'
import { type AnalysisDependencies, runAnalysis } from './video-analysis.ts'
import { scanLibrary, type VideoLibrary } from './video-library.ts'

interface VideoDependencies extends AnalysisDependencies {
  readonly models: ModelCatalog
  readonly drivers: ReadonlyMap<BackendId, BackendDriver>
  readonly estimate: RunService['estimate']
  readonly physicalCores: () => Promise<number>
  /** Its engines are compared, so nothing else may measure or convert meanwhile. */
  readonly takeTurn: TakeTurn
  readonly fingerprint: (software: Readonly<Record<string, string>>) => Promise<Fingerprint>
  readonly utcNow: () => Date
  readonly randomSuffix: () => string
}

interface Planned {
  readonly analysis: VideoAnalysisPlan
  readonly plan: Plan
  readonly manifest: ModelManifest
  readonly modelFolder: string
}

interface VideoJob {
  readonly request: VideoRequest
  readonly videoId: string
  readonly createdAt: string
  readonly analyzer: Analyzer
  readonly library: VideoLibrary
  readonly planned: readonly Planned[]
  readonly tell: (event: VideoEvent) => void
  readonly signal: AbortSignal
}

export function createVideoService(dependencies: VideoDependencies): VideoService {
  const going = new Set<StartedVideo>()
  return {
    async start(request, onEvent): Promise<StartedVideo> {
      const file = await readAnalyzer(resolve(request.analyzerFile))
      const library = await scanLibrary(request.library)
      const planned = await planAll(dependencies, file)
      const createdAt = dependencies.utcNow()
      const videoId = newRunId(createdAt, 'video', dependencies.randomSuffix())
      await makeFolder(request.outFolder)
      const controller = new AbortController()
      const job: VideoJob = {
        ...{ request, videoId, library, planned, tell: onEvent, analyzer: file.analyzer },
        createdAt: createdAt.toISOString(),
        signal: controller.signal,
      }
      const started: StartedVideo = {
        videoId,
        finished: dependencies
          .takeTurn(() => execute(dependencies, job), controller.signal)
          .finally(() => going.delete(started)),
        cancel: () => controller.abort(new Error('The analysis was cancelled.')),
      }
      going.add(started)
      return started
    },
    async shutdown() {
      const analyses = [...going]
      for (const analysis of analyses) analysis.cancel()
      await Promise.allSettled(analyses.map(({ finished }) => finished))
    },
  }
}

async function planAll(dependencies: VideoDependencies, file: AnalyzerFile): Promise<readonly Planned[]> {
  const { analyzer, mistake } = file
  const threads = analyzer.threads ?? (await dependencies.physicalCores())
  const planned: Planned[] = []
  for (const analysis of analysesOf(analyzer)) {
    const { manifest, folder } = await dependencies.models.find(analysis.model)
    const fits = { embeddings: ['embedding'], detections: ['set-detection', 'focal-detection', 'yolo-detection'] }[
      analysis.task
    ]
    if (!fits.includes(manifest.postprocessing)) {
      const problem = `: ${manifest.name} gives no ${analysis.task}`
      throw mistake(['tasks', analysis.task, 'model'], problem, 'See the task of each model: enginebench models')
    }
    const plan = planOf(analyzer, analysis, threads)
    const [refusal] = (await dependencies.estimate(plan)).refusals
    if (refusal !== undefined) throw new BenchError(refusal)
    planned.push({ analysis, plan, manifest, modelFolder: folder })
  }
  return planned
}

/** Like a run of the same engines, so that the same checks apply; its images judge parity. */
function planOf({ weights, device, seed }: Analyzer, analysis: VideoAnalysisPlan, threads: number): Plan {
  const engines = [analysis.engine, ...(analysis.compareWith ? [analysis.compareWith] : [])]
  return {
    model: analysis.model,
    candidates: engines.map(({ backend, precision, options, artifact }) => ({
      ...{ backend, precision, options },
      ...(artifact === undefined ? {} : { artifact }),
    })),
    batchSizes: [analysis.batchSize],
    ...{ imageFolder: null, imageLimit: 32, inputSize: null, opset: null, preset: 'quick' },
    ...{ weights, device, threads, seed },
  }
}

async function execute(dependencies: VideoDependencies, job: VideoJob): Promise<VideoRecord> {
  const { videoId, library, planned, tell, signal } = job
  tell({
    ...{ kind: 'video-started', videoId },
    files: library.videos.length,
    tasks: planned.map(({ analysis }) => analysis.task),
  })
  const outcomes: AnalysisOutcome[] = []
  let failure: unknown = null
  const summary = await beginSummary(dependencies, job)
  const onEvent = (event: VideoEvent) => {
    summary.heard(event)
    tell(event)
  }
  try {
    const gpus = await gpusOf(dependencies, job)
    for (const each of planned) {
      signal.throwIfAborted()
      const outcome = await runAnalysis(dependencies, {
        ...each,
        statuses: await statusesOf(dependencies, each.plan),
        gpus,
        sampling: frameSampling(job.analyzer),
        framesPerRound: job.analyzer.framesPerRound,
        videos: library.videos,
        outFolder: job.request.outFolder,
        onEvent,
        signal,
      })
      outcomes.push(outcome)
      if (outcome.failure !== null) throw outcome.failure
    }
  } catch (error) {
    failure = error
  }
  await summary.settled()
  const record = await recordOf(dependencies, job, outcomes, failure)
  await writeVideoFolder(job.request.outFolder, record, outcomes)
  tell({ kind: 'video-ended', videoId, state: record.state })
  if (failure !== null && !signal.aborted && !(failure instanceof BenchError)) throw failure
  return record
}

async function beginSummary(dependencies: VideoDependencies, job: VideoJob): Promise<UnfinishedSummary> {
  const record = await recordOf(dependencies, job, [], null)
  return UnfinishedSummary.begin({
    analyses: job.planned.map(({ analysis, manifest }) => notAnalyzed(analysis, manifest)),
    write(analyses) {
      const unfinished: VideoRecord = { ...record, state: 'unfinished', endedAt: null, analyses, error: notEnded }
      return writeAtomically(join(job.request.outFolder, 'summary.json'), jsonText(unfinished))
    },
    nowNs: dependencies.nowNs,
    log: dependencies.log,
  })
}

function notAnalyzed({ task }: VideoAnalysisPlan, { id, name }: ModelManifest): VideoAnalysisRecord {
  return { task, modelId: id, modelName: name, resultsOf: null, groups: [], engines: [], files: [] }
}

async function gpusOf({ fingerprint }: VideoDependencies, { analyzer }: VideoJob): Promise<readonly Gpu[]> {
  return deviceKindOf(analyzer.device) === 'cpu' ? [] : (await fingerprint({})).machine.gpus
}

async function statusesOf(
  { drivers }: VideoDependencies,
  { candidates }: Plan,
): Promise<ReadonlyMap<BackendId, BackendStatus>> {
  const asked = [...new Set(candidates.map(({ backend }) => backend))]
  const described = await Promise.all(asked.map(async (backend) => drivers.get(backend)?.describe()))
  return new Map(described.flatMap((status) => (status === undefined ? [] : [[status.id, status]])))
}

async function recordOf(
  { fingerprint, utcNow }: VideoDependencies,
  { videoId, createdAt, analyzer, request, library, signal }: VideoJob,
  outcomes: readonly AnalysisOutcome[],
  failure: unknown,
): Promise<VideoRecord> {
  const analyses = outcomes.map(({ record }) => record)
  const error = signal.aborted ? null : (failureRecord(failure) ?? nothingAnalyzed(analyses))
  const command = [
    'enginebench',
    'video',
    resolve(request.library),
    '--config',
    resolve(request.analyzerFile),
    '--out',
    request.outFolder,
  ]
  return {
    schemaVersion: videoSchemaVersion,
    videoId,
    state: signal.aborted ? 'cancelled' : error === null ? 'completed' : 'failed',
    createdAt,
    endedAt: utcNow().toISOString(),
    command: command.map(shellWord).join(' '),
    analyzer,
    fingerprint: await fingerprint(Object.assign({}, ...outcomes.map(({ versions }) => versions))),
    library: {
      source: library.source,
      found: library.videos.length + library.passedOver,
      videos: library.videos.length,
      passedOver: library.passedOver,
    },
    analyses,
    error,
    notes: [
      ...new Set(outcomes.map(({ weightsReason }) => `Weights: ${weightsReason}`)),
      'Stages run one after another. The machine was not sampled, so no block is flagged.',
    ],
  }
}

function failureRecord(failure: unknown): BenchErrorRecord | null {
  if (failure === null) return null
  if (failure instanceof BenchError) return failure.record
  return {
    code: 'unexpected',
    stage: 'measure',
    message: 'Enginebench hit an internal error and stopped the analysis.',
    remedy: 'Report it with the log. Finished results are kept.',
    cause: failure instanceof Error ? failure.message : String(failure),
  }
}

function nothingAnalyzed(analyses: VideoRecord['analyses']): BenchErrorRecord | null {
  const files = analyses.flatMap(({ files }) => files)
  if (files.length === 0 || files.some(({ frames }) => frames > 0)) return null
  const message = `None of ${files.length} videos could be analysed. ${files[0]?.file}: ${files[0]?.reason}`
  return {
    code: 'unreadable-video',
    stage: 'inputs',
    message,
    remedy: 'See the reason of each in summary.json.',
    cause: null,
  }
}
