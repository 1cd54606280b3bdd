// A library of videos as Markdown: for each task the speed of every engine and where its time went, the comparison of
// two engines' rounds, the agreement of their results, and the outcome of every file. Escapes all outside text.
import { videoStages } from '../domain/analyzer.ts'
import { deviceWords } from '../domain/device.ts'
import type { GroupRecord } from '../domain/run.ts'
import type {
  EnginePace,
  FrameAgreement,
  VideoAnalysisRecord,
  VideoFileRecord,
  VideoRecord,
} from '../domain/video-record.ts'
import { caseName, decidingWords, parityVerdictWords, speedupWords } from './case-words.ts'
import { countText, figureText, numberText, percentText, timesText } from './figure-text.ts'
import { code, escaped, factList, fenced } from './formats/markdown-text.ts'
import { machineFacts } from './run-facts.ts'

export function videoMarkdown(record: VideoRecord): string {
  const { analyses, library, error, notes, command, videoId, createdAt, state, analyzer, fingerprint } = record
  const parts = [
    `# ${countText(library.videos)} videos: ${state}`,
    ...(error === null ? [] : [`> **${escaped(error.message)}** ${escaped(error.remedy)}`]),
    ...analyses.flatMap(analysisParts),
    notes.map((note) => `- ${escaped(note)}`).join('\n'),
    '## Machine',
    factList([['Device', deviceWords(analyzer.device, fingerprint.machine.gpus)], ...machineFacts(record)]),
    '## Repeat it',
    fenced(command),
    `${code(videoId)}, ${escaped(createdAt)}.`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function analysisParts(analysis: VideoAnalysisRecord): readonly string[] {
  const { task, modelName, engines, files, resultsOf, groups } = analysis
  const [pipeline] = groups
  const isSeeded = pipeline?.cases.some(({ weights }) => weights === 'seeded') === true
  const stopped = (pipeline?.cases ?? []).filter(({ reason }) => reason !== null)
  return [
    `## ${task === 'embeddings' ? 'Embeddings' : 'Detections'}: ${escaped(modelName)}`,
    ...(isSeeded ? ['> **Seeded weights: timing only, predictions not judged.**'] : []),
    paceTable(engines, pipeline),
    ...(resultsOf === null ? [] : [`The Parquet files hold the results of ${nameIn(pipeline, resultsOf)}.`]),
    ...stopped.map((entry) => `${escaped(caseName(entry))}: ${entry.state}: ${escaped(entry.reason ?? '')}`),
    ...(engines.length > 1 ? [comparison(groups), agreementLines(files, pipeline)] : []),
    fileTable(files),
  ].filter((part) => part !== '')
}

function paceTable(engines: readonly EnginePace[], group: GroupRecord | undefined): string {
  const rows = engines.map(({ caseKey, frames, framesPerSecond, realTimeFactor, stageMs, stageShares }) => [
    nameIn(group, caseKey),
    countText(frames),
    figureText(framesPerSecond, ''),
    realTimeFactor.value === null ? escaped(figureText(realTimeFactor, '')) : timesText(realTimeFactor.value),
    ...videoStages.map((stage) =>
      stageShares === null ? '–' : `${numberText(stageMs[stage] / frames)} (${percentText(stageShares[stage])})`,
    ),
  ])
  return table(['Engine', 'Frames', 'frames/s', 'Real time', ...videoStages.map((stage) => `${stage} ms/frame`)], rows)
}

function comparison(groups: readonly GroupRecord[]): string {
  const kinds = ['whole pipeline', 'inference only']
  const rows = groups.flatMap((group, index) =>
    group.cases.map((entry) => [
      escaped(caseName(entry)),
      kinds[index] ?? '',
      escaped([entry.speedup.heading, speedupWords(entry, group)].filter(Boolean).join(': ')),
      escaped([parityVerdictWords(entry), ...decidingWords(entry)].join('; ')),
    ]),
  )
  return `Rounds over the same frames, in turn; the first engine changes from round to round.\n\n${table(['Engine', 'Of', 'Speedup', 'Parity on photographs'], rows)}`
}

function agreementLines(files: readonly VideoFileRecord[], group: GroupRecord | undefined): string {
  return files
    .flatMap(({ file, agreement }) =>
      agreement === null
        ? []
        : [
            `- ${escaped(file)}: ${escaped(agreementWords(agreement))} (${nameIn(group, agreement.candidate)} against ${nameIn(group, agreement.reference)})`,
          ],
    )
    .join('\n')
}

/** `mean cosine 0.99991, smallest 0.9987 over 120 frames; seeded weights: timing valid, predictions not`. */
export function agreementWords({ meanCosine, smallestCosine, detection, frames, caution }: FrameAgreement): string {
  const words: string[] = []
  if (meanCosine !== null && smallestCosine !== null) {
    words.push(`mean cosine ${meanCosine.toFixed(5)}, smallest ${smallestCosine.toFixed(5)}`)
  }
  if (detection !== null) {
    const { matchedShare, referenceBoxCount } = detection
    words.push(
      matchedShare === null
        ? 'no boxes to match'
        : `${percentText(matchedShare)} of ${countText(referenceBoxCount)} boxes matched`,
    )
  }
  return `${words.join(', ')} over ${countText(frames)} frames${caution === null ? '' : `; ${caution}`}`
}

function fileTable(files: readonly VideoFileRecord[]): string {
  const rows = files.map((file) => [
    escaped(file.file),
    file.state,
    file.width === null ? '–' : `${file.width} × ${file.height} ${escaped(file.codec ?? '')}`,
    file.durationS === null ? '–' : `${numberText(file.durationS)} s`,
    countText(file.frames),
    countText(file.results),
    escaped(file.reason ?? ''),
  ])
  return table(['File', 'State', 'Video', 'Length', 'Frames', 'Results', 'Why'], rows)
}

function nameIn(group: GroupRecord | undefined, caseKey: string): string {
  const entry = group?.cases.find((each) => each.caseKey === caseKey)
  return escaped(entry === undefined ? caseKey : caseName(entry))
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
