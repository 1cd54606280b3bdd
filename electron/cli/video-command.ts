import { resolve } from 'node:path'
import { type CliCommand, jsonOption } from './command.ts'
import { requireNewOrEmpty } from './empty-folder.ts'
import { exitCodeOfVideo } from './exit-code.ts'
import { choiceOption, switchOption, textOption } from './option-value.ts'
import { progressKinds } from './run-progress.ts'
import { usageError } from './usage-error.ts'
import { videoWriter } from './video-progress.ts'
import { videoText } from './video-table.ts'

/** Analyses videos by an analyzer file and keeps results, summary and report in a folder. */
export const videoCommand: CliCommand = {
  usage: 'video <file-or-folder>',
  description: 'Analyse videos: embeddings and detections, by an analyzer file',
  options: [
    { flags: '--config <file>', description: 'What to do: analyzer.json, described in docs/guide/video.md' },
    { flags: '--out <folder>', description: 'Where results go: new or empty' },
    { flags: '--progress <kind>', description: 'text, jsonl or none, on stderr; default text' },
    jsonOption,
  ],
  examples: ['enginebench video ./videos --config analyzer.json --out ./analysis'],
  async run({ services, terminal, options, words, signal }) {
    const [library] = words
    if (library === undefined) throw usageError('video needs a file or a folder.', 'Write: enginebench video FOLDER')
    const progress = choiceOption(options, 'progress', progressKinds) ?? 'text'
    const analyzerFile = required(textOption(options, 'config'), '--config analyzer.json')
    const outFolder = resolve(required(textOption(options, 'out'), '--out FOLDER'))
    await requireNewOrEmpty(outFolder)
    signal.throwIfAborted()
    const started = await services.video.start({ library, analyzerFile, outFolder }, videoWriter(progress, terminal))
    const cancel = () => started.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    try {
      const record = await started.finished
      terminal.result(
        switchOption(options, 'json') ? JSON.stringify(record, null, 2) : videoText(record, outFolder, terminal),
      )
      if (record.error) terminal.note(`${record.error.message} ${record.error.remedy}`)
      return exitCodeOfVideo(record)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  },
}

function required(value: string | null, example: string): string {
  if (value !== null) return value
  throw usageError(`video needs ${example.split(' ')[0]}.`, `Add it: ${example}`)
}
