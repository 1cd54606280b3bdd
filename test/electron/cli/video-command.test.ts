import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../electron/cli/command.ts'
import { exitCodeOfVideo } from '../../../electron/cli/exit-code.ts'
import { videoCommand } from '../../../electron/cli/video-command.ts'
import type { Services } from '../../../electron/services.ts'
import type { VideoRecord } from '../../../shared/domain/video-record.ts'
import { exampleRecord } from '../../fakes/example-record.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

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

function contextOf(words: readonly string[], options: object, controller = new AbortController()) {
  const shown: string[] = []
  const asked: unknown[] = []
  const services: Pick<Services, 'video'> = {
    video: {
      async start(request) {
        asked.push(request)
        let end = (_record: VideoRecord) => {}
        const cancelled = new Promise<VideoRecord>((resolve) => {
          end = resolve
        })
        const finished = 'wait' in options ? cancelled : Promise.resolve(videoRecord())
        return { videoId: 'v', finished, cancel: () => end(videoRecord({ state: 'cancelled' })) }
      },
      shutdown: async () => {},
    },
  }
  const context: CommandContext = {
    services: services as Services,
    terminal: {
      result: (text) => shown.push(text),
      note: (text) => shown.push(text),
      status: () => {},
      resultIsTerminal: false,
      noteIsTerminal: false,
    },
    options: { ...options },
    words,
    signal: controller.signal,
  }
  return { context, shown, asked }
}

describe('enginebench video', () => {
  it.each([
    [[], { config: 'a.json', out: 'o' }, 'video needs a file or a folder.'],
    [['v'], { out: 'o' }, 'video needs --config.'],
    [['v'], { config: 'a.json' }, 'video needs --out.'],
  ])('refuses %j %j before anything starts', async (words, options, message) => {
    const { context, asked } = contextOf(words, options)
    await expect(videoCommand.run(context)).rejects.toMatchObject({ record: { code: 'bad-usage', message } })
    expect(asked).toEqual([])
  })

  it('never writes into a folder that holds something', async () => {
    await mkdir(join(folder, 'full'))
    await writeFile(join(folder, 'full', 'a'), '')
    const { context, asked } = contextOf(['v'], { config: 'a.json', out: join(folder, 'full') })
    await expect(videoCommand.run(context)).rejects.toMatchObject({ record: { code: 'folder-not-empty' } })
    expect(asked).toEqual([])
  })

  it('prints the record alone with --json', async () => {
    const out = join(folder, 'new')
    const { context, shown, asked } = contextOf(['v'], { config: 'a.json', out, json: true })
    expect(await videoCommand.run(context)).toBe(0)
    expect(shown.map((text) => JSON.parse(text))).toEqual([videoRecord()])
    expect(asked).toEqual([{ library: 'v', analyzerFile: 'a.json', outFolder: out }])
  })

  it('cancels what runs when it is interrupted, and ends with 130', async () => {
    const controller = new AbortController()
    const { context } = contextOf(['v'], { config: 'a.json', out: join(folder, 'cancelled'), wait: true }, controller)
    const code = videoCommand.run(context)
    controller.abort()
    await expect(code).rejects.toBe(controller.signal.reason)
    const later = new AbortController()
    const second = contextOf(['v'], { config: 'a.json', out: join(folder, 'cancelled'), wait: true }, later)
    const running = videoCommand.run(second.context)
    while (second.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    later.abort()
    expect(await running).toBe(130)
  })

  it('tells a file that was not analysed by the exit code', () => {
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
