// A finished analysis of videos for people: the pace of each engine, where its time went, what was not analysed.
import { videoStages } from '../../shared/domain/analyzer.ts'
import type { VideoAnalysisRecord, VideoRecord } from '../../shared/domain/video-record.ts'
import { agreementWords } from '../../shared/report/video-markdown.ts'
import { seededParityReason } from '../../shared/statistics/parity.ts'
import { figureText } from './figure-text.ts'
import { speedupText } from './run-table.ts'
import { textTable } from './table.ts'
import type { Terminal } from './terminal.ts'

type Width = Pick<Terminal, 'resultIsTerminal'>

export function videoText(record: VideoRecord, outFolder: string, terminal: Width): string {
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
          const of = index === 0 ? 'whole pipeline' : 'inference alone'
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
