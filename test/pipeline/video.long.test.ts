// A real detector with seeded weights, which detects nothing that means anything: boxes lie in the frame, two engines find
// the same, and everything says that predictions were not judged.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { timingOnlyHeading } from '../../shared/statistics/group-speedups.ts'
import { testMain } from '../fakes/conversion-bench.ts'
import { temporaryFolder } from '../fakes/temporary-folder.ts'
import { analyzed, makeVideos, videoServices } from '../fakes/video-bench.ts'

it.runIf(testMain !== null)(
  'detects with YOLOS on two engines in turns, and judges no prediction of seeded weights',
  async () => {
    const home = temporaryFolder()
    const library = join(home, 'videos')
    await makeVideos(testMain ?? '', library, ['moving_photograph(folder / "a.mp4", seconds=3, size=(320, 180))'])
    const services = await videoServices(home, testMain ?? '')
    const detections = {
      ...{ model: 'yolos-tiny', batchSize: 1, scoreThreshold: 0 },
      ...{ engine: { backend: 'onnxruntime' }, compareWith: { backend: 'torch-eager' } },
    }
    const out = join(home, 'out')
    const analyzer = {
      ...{ sampling: { framesPerSecond: 5 }, framesPerRound: 1, weights: { kind: 'seeded' }, tasks: { detections } },
    }
    const record = await analyzed(services, library, analyzer, out)
    expect(record).toMatchObject({ state: 'completed', error: null })
    const [analysis] = record.analyses
    const [file] = analysis?.files ?? []
    expect(file).toMatchObject({ state: 'completed', frames: 15, results: 15 * 100 })
    expect(file?.agreement).toMatchObject({ frames: 15, caution: expect.stringContaining('predictions not') })
    expect(file?.agreement?.detection?.matchedShare).toBeGreaterThan(0.95)
    for (const { cases } of analysis?.groups ?? []) {
      expect(cases.map(({ parity, speedup }) => [parity.verdict, speedup.heading])).toEqual([
        ['not-judged', timingOnlyHeading],
        ['not-judged', timingOnlyHeading],
      ])
    }
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain(
      'Seeded weights: timing only, predictions not judged.',
    )
  },
  600_000,
)
