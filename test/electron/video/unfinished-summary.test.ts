import { expect, test } from 'vitest'
import { UnfinishedSummary } from '../../../electron/video/unfinished-summary.ts'
import type { VideoAnalysisRecord, VideoFileRecord } from '../../../shared/domain/video-record.ts'

const analysis: VideoAnalysisRecord = {
  ...{ task: 'embeddings', modelId: 'm', modelName: 'M', resultsOf: null, groups: [], engines: [], files: [] },
}

function fileOf(file: string): VideoFileRecord {
  return {
    ...{ file, state: 'completed', reason: null, width: 1, height: 1, codec: 'h264', frameRate: 1, durationS: 1 },
    ...{ frames: 1, results: 1, parquet: [], framesSha256: null, engines: [], agreement: null },
  }
}

/** At these seconds a file ends. */
async function written(endsS: readonly number[], write = async (_files: readonly string[]) => {}) {
  const contents: (readonly string[])[] = []
  const lines: string[] = []
  let nowNs = 0
  const summary = await UnfinishedSummary.begin({
    analyses: [analysis, { ...analysis, task: 'detections' }],
    async write(analyses) {
      const files = analyses.flatMap(({ task, files }) => files.map(({ file }) => `${task} ${file}`))
      await write(files)
      contents.push(files)
    },
    nowNs: () => nowNs,
    log: (line) => lines.push(line),
  })
  for (const [index, endS] of endsS.entries()) {
    nowNs = endS * 1e9
    summary.heard({ kind: 'file-ended', task: index < 3 ? 'embeddings' : 'detections', file: fileOf(String(index)) })
  }
  await summary.settled()
  return { contents, lines }
}

test('files that ended are written at the next end of a file, at most every five seconds', async () => {
  const { contents } = await written([1, 5, 6, 11, 12])
  const embeddings = ['embeddings 0', 'embeddings 1']
  expect(contents).toEqual([[], embeddings, [...embeddings, 'embeddings 2', 'detections 3']])
})

test('a disk that refuses the first summary ends the analysis, one that refuses a later one does not', async () => {
  const full = async (files: readonly string[]) => {
    if (files.length > 0) throw new Error('the disk is full')
  }
  expect(await written([5], full)).toEqual({ contents: [[]], lines: ['Error: the disk is full'] })
  await expect(written([], () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('the disk is full')
})
