import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodeOfVideo } from '../../../electron/cli/exit-code.ts'
import type { Services } from '../../../electron/services.ts'
import type { VideoRecord } from '../../../shared/domain/video-record.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'
import { carriedOut, faultsOf } from '../../fakes/typed-command.ts'

const folder = temporaryFolder()

function videoRecord(changes: Partial<VideoRecord> = {}): VideoRecord {
  return {
    ...{ schemaVersion: 1, videoId: 'v', state: 'completed', createdAt: 'a', endedAt: 'b', command: 'c' },
    analyzer: {
      ...{ sampling: { everyFrames: 1 }, tasks: {}, framesPerRound: 32, weights: { kind: 'auto' } },
      ...{ seed: 1, device: 'cpu', threads: null },
    },
    fingerprint: exampleRecord().fingerprint,
    library: { source: '/videos', found: 1, videos: 1, passedOver: 0 },
    ...{ analyses: [], error: null, notes: ['a note'], ...changes },
  }
}

function analysed(words: string, isEndless = false, controller = new AbortController()) {
  const asked: unknown[] = []
  const video: Services['video'] = {
    async start(request) {
      asked.push(request)
      let end = (_record: VideoRecord) => {}
      const cancelled = new Promise<VideoRecord>((resolve) => {
        end = resolve
      })
      const finished = isEndless ? cancelled : Promise.resolve(videoRecord())
      return { videoId: 'v', finished, cancel: () => end(videoRecord({ state: 'cancelled' })) }
    },
    shutdown: async () => {},
  }
  return { ...carriedOut(words, { video }, controller.signal), asked }
}

describe('enginebench video', () => {
  it('refuses everything that is missing before anything starts', () => {
    expect(faultsOf('video')).toEqual([
      'video needs <file-or-folder>. Write: enginebench video <file-or-folder>',
      'video needs --config. Add --config FILE.',
      'video needs --out. Add --out FOLDER.',
    ])
  })

  it('never writes into a folder that holds something', async () => {
    await mkdir(join(folder, 'full'))
    await writeFile(join(folder, 'full', 'a'), '')
    const { code, asked } = analysed(`video v --config a.json --out ${join(folder, 'full')}`)
    await expect(code).rejects.toMatchObject({ record: { code: 'folder-not-empty' } })
    expect(asked).toEqual([])
  })

  it('prints only the record with --json', async () => {
    const out = join(folder, 'new')
    const { code, results, notes, asked } = analysed(`video v --config a.json --out ${out} --json`)
    expect(await code).toBe(0)
    expect([notes, results.map((text) => JSON.parse(text))]).toEqual([[], [videoRecord()]])
    expect(asked).toEqual([{ library: 'v', analyzerFile: 'a.json', outFolder: out }])
  })

  it('cancels what runs when it is interrupted, and ends with 130', async () => {
    const words = `video v --config a.json --out ${join(folder, 'cancelled')}`
    const controller = new AbortController()
    const { code } = analysed(words, true, controller)
    controller.abort()
    await expect(code).rejects.toBe(controller.signal.reason)
    const later = new AbortController()
    const second = analysed(words, true, later)
    while (second.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    later.abort()
    expect(await second.code).toBe(130)
  })

  it('shows a file that was not analysed in the exit code', () => {
    const file = {
      ...{
        file: 'a',
        state: 'completed',
        reason: null,
        width: 1,
        height: 1,
        codec: 'h264',
        frameRate: 1,
        durationS: 1,
      },
      ...{ frames: 1, results: 1, parquet: [], framesSha256: null, engines: [], agreement: null },
    } as const
    const withFile = (state: 'completed' | 'damaged' | 'skipped') =>
      videoRecord({
        analyses: [
          {
            ...{ task: 'embeddings', modelId: 'm', modelName: 'M', resultsOf: null, groups: [], engines: [] },
            files: [{ ...file, parquet: [], engines: [], state }],
          },
        ],
      })
    expect((['completed', 'damaged', 'skipped'] as const).map((state) => exitCodeOfVideo(withFile(state)))).toEqual([
      0, 3, 3,
    ])
    expect((['failed', 'cancelled'] as const).map((state) => exitCodeOfVideo(videoRecord({ state })))).toEqual([1, 130])
  })
})
