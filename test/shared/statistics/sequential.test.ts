import { describe, expect, it } from 'vitest'
import type { Start } from '../../../shared/statistics/launch-mean.ts'
import {
  type ComparedLaunches,
  furtherLaunches,
  intervalPath,
  judgeLaunches,
  looksOf,
  sequentialDesign,
} from '../../../shared/statistics/sequential.ts'

const zone = { margin: 0.02, noiseFloor: null }

/** Launches of four equal rounds with these ratios. */
function compared(ratios: readonly number[], caseKey = 'a'): ComparedLaunches {
  return { caseKey, launches: ratios.map((ratio) => Array.from({ length: 4 }, () => Math.log(ratio))) }
}

/** As many launches, alternately this much above and below the ratio. */
function around(ratio: number, spread: number, launches: number, caseKey = 'a'): ComparedLaunches {
  return compared(
    Array.from({ length: launches }, (_, launch) => ratio * (1 + (launch % 2 === 0 ? spread : -spread))),
    caseKey,
  )
}

const verdictOf = (each: ComparedLaunches, judgedBy = zone) => judgeLaunches([each], judgedBy).comparisons[0]?.verdict

describe('judgeLaunches', () => {
  it('takes the median within a launch, the mean over launches, and Student’s t at the level of a look', () => {
    const logs = [0.1, 0.2, 0.3, 0.4, 0.5]
    const launches = logs.map((log) => [log - 0.2, log, log, log + 9])
    // scipy.stats.t.interval(0.99, 4, loc=0.3, scale=scipy.stats.sem([0.1, 0.2, 0.3, 0.4, 0.5]))
    expect(judgeLaunches([{ caseKey: 'a', launches }], zone)).toEqual({
      comparisons: [
        {
          caseKey: 'a',
          verdict: 'undecided',
          value: expect.closeTo(Math.exp(0.3), 12),
          interval: {
            low: expect.closeTo(Math.exp(-0.0255586), 6),
            high: expect.closeTo(Math.exp(0.6255586), 6),
            level: 0.95,
            method: 'student-t over 5 launches',
          },
          margin: 0.02,
          launches: 5,
          share: 1,
          mayDiffer: true,
        },
      ],
      isDecided: false,
    })
  })

  it.each([
    ['faster', 1.5, 0.02],
    ['slower', 0.6, 0.02],
    ['same', 1.001, 0.002],
    ['undecided', 1.015, 0.01],
    ['undecided', 1.0, 0.04],
  ] as const)('says %s of five launches around %f that scatter by %f', (verdict, ratio, spread) => {
    expect(verdictOf(around(ratio, spread, 5))).toBe(verdict)
  })

  it('takes a noise floor of its launches in place of a smaller margin', () => {
    const eight = around(1.03, 0.002, 8)
    expect(verdictOf(eight)).toBe('faster')
    expect(judgeLaunches([eight], { margin: 0.02, noiseFloor: 0.12 }).comparisons[0]).toMatchObject({
      verdict: 'same',
      margin: expect.closeTo(0.12 / Math.sqrt(8), 12),
    })
  })

  it.each([
    [1, 1.44, 'undecided'],
    [1, 1.46, 'faster'],
    [1, 0.7, 'undecided'],
    [1, 0.68, 'slower'],
    [2, 1.06, 'undecided'],
    [2, 1.09, 'faster'],
    [4, 1.04, 'undecided'],
    [4, 1.06, 'faster'],
    [4, 1, 'undecided'],
  ] as const)('with %i launches says of a ratio of %f: %s', (launches, ratio, verdict) => {
    expect(judgeLaunches([around(ratio, 0, launches)], zone)).toMatchObject({
      comparisons: [{ verdict }],
      isDecided: false,
    })
  })

  it('takes few launches that scatter more than assumed at their word', () => {
    expect(verdictOf(around(1.3, 0, 4))).toBe('faster')
    expect(verdictOf(around(1.3, 0.4, 4))).toBe('undecided')
  })

  it('counts the scatter of the rounds of a single launch', () => {
    const launches = (spread: number) => [[0.4 - spread, 0.4 + spread, 0.4 - spread, 0.4 + spread]]
    expect(verdictOf({ caseKey: 'a', launches: launches(0) })).toBe('faster')
    expect(verdictOf({ caseKey: 'a', launches: launches(0.5) })).toBe('undecided')
  })

  it('ends a group only at a look, when every claim is decided', () => {
    const isDecided = (...group: ComparedLaunches[]) => judgeLaunches(group, zone).isDecided
    expect(isDecided(around(1.5, 0.01, 5))).toBe(true)
    expect(isDecided(around(1.5, 0.01, 6))).toBe(false)
    expect(isDecided(around(1.5, 0.01, 8))).toBe(true)
    expect(isDecided(around(1.5, 0.01, 5), around(1.015, 0.01, 5, 'b'))).toBe(false)
    expect(isDecided(around(1.5, 0.01, 5), { ...around(1.015, 0.01, 5, 'b'), isControl: true })).toBe(true)
    expect(isDecided()).toBe(false)
    expect(isDecided({ caseKey: 'a', launches: [] })).toBe(false)
  })

  it('adjusts the intervals of several claims by Holm, and not that of a control', () => {
    const three = [around(1.5, 0.02, 8), around(1.025, 0.03, 8, 'b'), { ...around(1, 0.01, 8, 'c'), isControl: true }]
    expect(
      judgeLaunches(three, zone).comparisons.map(({ verdict, share, interval: { level, method } }) => [
        verdict,
        share,
        level,
        method,
      ]),
    ).toEqual([
      ['faster', 0.5, 0.975, 'student-t over 8 launches, Holm-adjusted over 2 comparisons'],
      ['undecided', 1, 0.95, 'student-t over 8 launches, Holm-adjusted over 2 comparisons'],
      ['same', 1, 0.95, 'student-t over 8 launches'],
    ])
  })

  it('names no winner after a clearer comparison of the group that does not exclude 1', () => {
    const edge = around(1.028, 0.02, 8)
    expect(verdictOf(edge)).toBe('faster')
    const [first, second] = judgeLaunches([edge, { ...edge, caseKey: 'b' }], zone).comparisons
    expect([first, second]).toMatchObject([
      { verdict: 'undecided', mayDiffer: true },
      { verdict: 'undecided', mayDiffer: false },
    ])
  })
})

describe('the effect of starting first', () => {
  /** Equal code, of which the one started first is 7 % faster. Launches scatter by about 1 % besides. */
  const biased = (count: number): ComparedLaunches => {
    const own = [0.01, 0.01, -0.01, -0.01, 0, 0]
    const starts = Array.from({ length: count }, (_, launch): Start => (launch % 2 === 0 ? 1 : -1))
    const launches = starts.map((start, launch) => [0.07 * start + (own[launch % own.length] ?? 0)])
    return { caseKey: 'a', launches, starts }
  }
  const unordered = (count: number): ComparedLaunches => ({ caseKey: 'a', launches: biased(count).launches })

  it('is taken out from eight launches on, so that equal code is found to be the same', () => {
    expect([verdictOf(unordered(12)), verdictOf(biased(5)), verdictOf(biased(12))]).toEqual([
      'undecided',
      'undecided',
      'same',
    ])
    expect(judgeLaunches([biased(12)], zone).comparisons[0]).toMatchObject({
      value: expect.closeTo(1, 6),
      interval: { method: 'student-t over 12 launches, starting order fitted' },
    })
  })

  it('stays in before, also in the picture of the intervals', () => {
    const widths = intervalPath(biased(12), 1).map(({ launches, low, high }) => [launches, high - low > 0.1])
    expect(widths.slice(3, 8)).toEqual([
      [5, true],
      [6, true],
      [7, true],
      [8, false],
      [9, false],
    ])
  })

  it('is foreseen to leave: fewer launches lead to the look that decides without it', () => {
    expect(furtherLaunches(biased(6), { share: 1, margin: 0.02 })).toBe(2)
    expect(furtherLaunches(unordered(6), { share: 1, margin: 0.02 })).toBeNull()
  })
})

describe('looksOf', () => {
  it('repeats what each look said, and ends with all launches', () => {
    const ratios = [1.1, 1.0, 1.06, 1.01, 1.04, 1.04, 1.04, 1.04, 1.04]
    expect(
      looksOf([compared(ratios)], zone)
        .get('a')
        ?.map(({ launches, verdict }) => [launches, verdict]),
    ).toEqual([
      [5, 'undecided'],
      [8, 'faster'],
      [9, 'faster'],
    ])
  })

  it('leaves out a case that has no launch at that look', () => {
    const looks = looksOf([around(1.5, 0.01, 8), around(1.5, 0.01, 5, 'b')], zone)
    expect(looks.get('a')?.map(({ launches }) => launches)).toEqual([5, 8])
    expect(looks.get('b')?.map(({ launches }) => launches)).toEqual([5])
  })
})

describe('intervalPath', () => {
  it('has one interval a launch from the second on, and ends with the interval of the verdict', () => {
    const { launches } = around(1.05, 0.01, 9)
    const path = intervalPath({ launches }, 1)
    const [judged] = judgeLaunches([{ caseKey: 'a', launches }], zone).comparisons
    expect(path.map((point) => point.launches)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    expect(path.at(-1)).toEqual({
      launches: 9,
      value: judged?.value,
      low: judged?.interval.low,
      high: judged?.interval.high,
    })
  })
})

describe('furtherLaunches', () => {
  const further = (compared: ComparedLaunches) => furtherLaunches(compared, { share: 1, margin: 0.02 })

  it('leads to the look that would decide if nothing changes', () => {
    expect(further(around(1.0, 0.012, 5))).toBe(3)
    expect(further(around(1.03, 0.03, 5))).toBe(7)
  })

  it('leads to the first look where one launch has no scatter yet', () => {
    expect(further(compared([1.05]))).toBe(4)
  })

  it('is unknown where no look would decide', () => {
    expect(further(around(1.02, 0.2, 5))).toBeNull()
    expect(further(around(1.0, 0.01, sequentialDesign.looks.at(-1) ?? 0))).toBeNull()
  })
})
