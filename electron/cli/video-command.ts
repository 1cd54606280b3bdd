import { resolve } from 'node:path'
import { z } from 'zod'
import { videoStages } from '../../shared/domain/analyzer.ts'
import type { VideoEvent } from '../../shared/domain/video-event.ts'
import type { VideoAnalysisRecord, VideoRecord } from '../../shared/domain/video-record.ts'
import { agreementWords } from '../../shared/report/video-markdown.ts'
import { seededParityReason } from '../../shared/statistics/parity.ts'
import { defineCommand, finishedUnlessCancelled, jsonOption, type ProgressKind, progressOption } from './command.ts'
import { exitCodeOfVideo } from './exit-code.ts'
import { figureText, numberText } from './figure-text.ts'
import { requireNewOrEmpty } from './named-folders.ts'
import { speedupText } from './run-text.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Analyses videos as an analyzer file describes and keeps results, summary and report in a folder. */
export const videoCommand = defineCommand({
  usage: 'video <file-or-folder>',
  description: 'Analyse videos (embeddings and detections) as an analyzer file describes',
  options: {
    config: {
      flag: 'config',
      valueName: 'file',
      schema: z.string(),
      description: 'Analyzer file, described in docs/guide/video.md; required',
    },
    out: {
      flag: 'out',
      valueName: 'folder',
      schema: z.string().transform((text) => resolve(text)),
      description: 'Folder for the results: new or empty; required',
    },
    progress: progressOption,
    json: jsonOption,
  },
  examples: ['enginebench video ./videos --config analyzer.json --out ./analysis'],
  misfits: ({ given }) =>
    ['config FILE', 'out FOLDER']
      .filter((option) => !given.has(option.split(' ')[0] ?? ''))
      .map((option) => ({
        code: 'bad-usage',
        message: `video needs --${option.split(' ')[0]}.`,
        remedy: `Add --${option}.`,
      })),
  async run({ services, terminal, values, words, signal }) {
    const { config: analyzerFile, out: outFolder } = values
    const [library = ''] = words
    await requireNewOrEmpty(outFolder)
    signal.throwIfAborted()
    const writer = videoWriter(values.progress, terminal)
    const started = await services.video.start({ library, analyzerFile, outFolder }, writer)
    const record = await finishedUnlessCancelled(started, signal)
    terminal.result(values.json ? JSON.stringify(record, null, 2) : videoText(record, outFolder, terminal))
    if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
    return exitCodeOfVideo(record)
  },
})

/** On stderr: JSON lines for machines, short lines for people. */
function videoWriter(kind: ProgressKind, terminal: Terminal): (event: VideoEvent) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (event) => terminal.note(JSON.stringify(event))
  /** The text without its numbers: a log needs only one line of a step that counts. */
  let lastKind = ''
  return (event) => {
    switch (event.kind) {
      case 'video-started':
        terminal.note(`${event.videoId}: ${event.files} videos, ${event.tasks.join(' and ')}`)
        return
      case 'stage': {
        const share = event.fraction === null ? '' : ` · ${Math.round(event.fraction * 100)} %`
        if (terminal.noteIsTerminal) terminal.status(`${event.task}: ${event.message}${share}`)
        else if (kindOf(event) !== lastKind) terminal.note(`${event.task}: ${event.message}`)
        lastKind = kindOf(event)
        return
      }
      case 'round-completed': {
        const length = event.durationS === null ? '' : ` of ${numberText(event.durationS)}`
        terminal.status(
          `${event.task}: ${event.file} · ${event.frames} frames · ${numberText(event.positionS)}${length} s`,
        )
        return
      }
      case 'file-ended': {
        const { file, state, frames, reason } = event.file
        terminal.note(`${event.task}: ${file}: ${state}, ${frames} frames${reason === null ? '' : ` (${reason})`}`)
        return
      }
      case 'video-ended':
        terminal.note(`${event.videoId}: ${event.state}`)
        return
    }
  }
}

function kindOf({ task, message }: Extract<VideoEvent, { kind: 'stage' }>): string {
  return `${task}: ${message.replace(/\d+/g, '#')}`
}

type Width = Pick<Terminal, 'resultIsTerminal'>

function videoText(record: VideoRecord, outFolder: string, terminal: Width): string {
  const { videoId, state, analyses, notes } = record
  return [
    `${videoId} · ${state} · ${outFolder}`,
    ...analyses.map((analysis) => analysisText(analysis, terminal)),
    ...notes,
  ].join('\n\n')
}

function analysisText({ task, modelName, engines, groups, files }: VideoAnalysisRecord, terminal: Width): string {
  const columns = [
    { title: `${task}: ${modelName}` },
    { title: 'frames', align: 'right' },
    { title: 'frames/s', align: 'right' },
    { title: 'real time', align: 'right' },
    ...videoStages.map((stage) => ({ title: stage, align: 'right' }) as const),
  ] as const
  const rows = engines.map(({ caseKey, frames, framesPerSecond, realTimeFactor, stageShares }) => [
    caseKey,
    String(frames),
    figureText(framesPerSecond, ''),
    figureText(realTimeFactor, '×'),
    ...videoStages.map((stage) => (stageShares === null ? '–' : `${(stageShares[stage] * 100).toFixed(1)} %`)),
  ])
  const [pipeline] = groups
  const compared =
    engines.length < 2
      ? []
      : groups.flatMap(({ cases }, index) => {
          const of = index === 0 ? 'whole pipeline' : 'inference only'
          return cases.map((entry) => `${of}: ${entry.caseKey}: ${speedupText(entry)}`)
        })
  const stopped = (pipeline?.cases ?? []).filter(({ reason }) => reason !== null)
  return [
    textTable(columns, rows, terminal),
    ...(pipeline?.cases.some(({ weights }) => weights === 'seeded') ? [seededParityReason] : []),
    ...compared,
    ...stopped.map(({ caseKey, state, reason }) => `${caseKey}: ${state}: ${reason}`),
    ...files.flatMap(({ file, agreement }) => (agreement === null ? [] : [`${file}: ${agreementWords(agreement)}`])),
    ...files.filter(({ reason }) => reason !== null).map(({ file, state, reason }) => `${file}: ${state}: ${reason}`),
  ].join('\n')
}
