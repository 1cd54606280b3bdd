import { z } from 'zod'
import { fewestComparisons, type NoiseFloor, noiseFloorSchema } from '../../shared/domain/noise-floor.ts'
import { planSchema, presetNameSchema } from '../../shared/domain/plan.ts'
import { poorFloorSentence } from '../../shared/statistics/verdict.ts'
import type { NoiseFloorProgress } from '../noise-floors/noise-floors.ts'
import {
  defineCommand,
  doesNotApply,
  finishedUnlessCancelled,
  jsonOption,
  type OptionSet,
  type ProgressKind,
  progressOption,
} from './command.ts'
import { exitCodes } from './exit-code.ts'
import { durationText } from './figure-text.ts'
import type { Terminal } from './terminal.ts'
import { warnOfUnreadable } from './unreadable-text.ts'

const measuringOptions = {
  preset: {
    flag: 'preset',
    valueName: 'name',
    schema: presetNameSchema.default('quick'),
    description: 'Preset of the runs that the noise floor is for',
  },
  device: {
    flag: 'device',
    valueName: 'device',
    schema: planSchema.shape.device.default('cpu'),
    description: 'Where the case computes',
  },
  comparisons: {
    flag: 'comparisons',
    valueName: 'count',
    schema: noiseFloorSchema.shape.comparisons.max(1000).default(fewestComparisons),
    description: 'How many times to compare the case with itself',
  },
  progress: progressOption,
} as const satisfies OptionSet

/** Measures how much two copies of the same code differ on this machine. */
export const noiseFloorCommand = defineCommand({
  usage: 'noise-floor',
  description: 'Measure the smallest difference this machine can show, by comparing a case with itself',
  options: {
    ...measuringOptions,
    list: {
      flag: 'list',
      valueName: null,
      schema: z.boolean().default(false),
      description: 'List the noise floors measured so far and measure nothing',
    },
    json: jsonOption,
  },
  examples: ['enginebench noise-floor', 'enginebench noise-floor --preset standard', 'enginebench noise-floor --list'],
  misfits: (typed) =>
    typed.given.has('list')
      ? doesNotApply(typed, Object.values(measuringOptions), 'with --list: nothing is measured')
      : [],
  async run({ services, terminal, values, signal }) {
    if (values.list) {
      const floors = await services.noiseFloors.list()
      warnOfUnreadable(await services.noiseFloors.unreadable(), terminal)
      if (values.json) terminal.result(JSON.stringify({ noiseFloors: floors }, null, 2))
      else terminal.result(floors.map(floorText).join('\n') || 'No noise floor has been measured on this machine yet.')
      return exitCodes.done
    }
    const { preset, device, comparisons } = values
    const writer = progressWriter(values.progress, terminal)
    const started = services.noiseFloors.measure({ preset, device, comparisons }, writer)
    const floor = await finishedUnlessCancelled(started, signal)
    terminal.result(values.json ? JSON.stringify(floor, null, 2) : floorText(floor))
    return exitCodes.done
  },
})

function progressWriter(kind: ProgressKind, terminal: Terminal): (progress: NoiseFloorProgress) => void {
  if (kind === 'none') return () => undefined
  if (kind === 'jsonl') return (progress) => terminal.note(JSON.stringify(progress))
  return ({ done, of, remainingMs }) => {
    const left = remainingMs === null ? '' : ` · ${durationText(remainingMs)} left`
    const text = `comparison ${done} of ${of}${left}`
    if (terminal.noteIsTerminal) terminal.status(text)
    else terminal.note(text)
  }
}

function floorText(floor: NoiseFloor): string {
  const { value, interval, comparisons, intervalsExcludingOne, preset, device, subject, measuredAt } = floor
  const ofLaunches = intervalsExcludingOne === undefined
  const poor = ofLaunches ? null : poorFloorSentence(value)
  return [
    `${preset} on ${device}: ${percent(value)} (${percent(interval.low)} – ${percent(interval.high)}, ${Math.round(interval.level * 100)} %)`,
    `  95th percentile of |ratio − 1| over ${comparisons} ${ofLaunches ? 'launches' : 'comparisons'} of ${subject} with itself, ${measuredAt}`,
    ...(ofLaunches ? [] : [`  ${intervalsExcludingOne} of ${comparisons} intervals excluded 1`]),
    ...(poor === null ? [] : [`  ${poor.charAt(0).toUpperCase()}${poor.slice(1)}.`]),
  ].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
