import { fewestComparisons, type NoiseFloor } from '../../shared/domain/noise-floor.ts'
import { presetNameSchema } from '../../shared/domain/plan.ts'
import { poorFloorSentence } from '../../shared/statistics/noise-floor.ts'
import type { NoiseFloorProgress, StartedNoiseFloor } from '../noise-floors/noise-floors.ts'
import { type CliCommand, jsonOption } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { durationText } from './figure-text.ts'
import { choiceOption, integerOption, switchOption } from './option-value.ts'
import { type ProgressKind, progressKinds } from './run-progress.ts'
import type { Terminal } from './terminal.ts'

/** Measures how far apart this machine finds two copies of the same code. */
export const noiseFloorCommand: CliCommand = {
  usage: 'noise-floor',
  description: 'Measure what this machine cannot tell apart, by comparing a case with itself',
  options: [
    { flags: '--preset <name>', description: 'quick, standard or rigorous: of the runs it is for; default quick' },
    { flags: '--device <device>', description: 'cpu or cuda; default cpu' },
    { flags: '--comparisons <count>', description: `At least ${fewestComparisons}, the default` },
    { flags: '--list', description: 'Show what was measured, and measure nothing' },
    { flags: '--progress <kind>', description: 'text, jsonl or none, on stderr; default text' },
    jsonOption,
  ],
  examples: ['enginebench noise-floor', 'enginebench noise-floor --preset standard', 'enginebench noise-floor --list'],
  async run({ services, terminal, options, signal }) {
    const asJson = switchOption(options, 'json')
    if (switchOption(options, 'list')) {
      const floors = await services.noiseFloors.list()
      if (asJson) terminal.result(JSON.stringify({ noiseFloors: floors }, null, 2))
      else terminal.result(floors.map(floorText).join('\n') || 'No noise floor of this machine was measured yet.')
      return exitCodes.done
    }
    const request = {
      preset: choiceOption(options, 'preset', presetNameSchema.options) ?? 'quick',
      device: choiceOption(options, 'device', ['cpu', 'cuda']) ?? 'cpu',
      comparisons: integerOption(options, 'comparisons', fewestComparisons, 1000) ?? fewestComparisons,
    }
    const kind = choiceOption(options, 'progress', progressKinds) ?? 'text'
    const started = services.noiseFloors.measure(request, progressWriter(kind, terminal))
    const floor = await finishedUnlessCancelled(started, signal)
    terminal.result(asJson ? JSON.stringify(floor, null, 2) : floorText(floor))
    return exitCodes.done
  },
}

async function finishedUnlessCancelled({ finished, cancel }: StartedNoiseFloor, signal: AbortSignal) {
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    return await finished
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

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
  const poor = poorFloorSentence(value)
  return [
    `${preset} on ${device}: ${percent(value)} (${percent(interval.low)} – ${percent(interval.high)}, ${Math.round(interval.level * 100)} %)`,
    `  95th percentile of |ratio − 1| over ${comparisons} comparisons of ${subject} with itself, ${measuredAt}`,
    `  ${intervalsExcludingOne} of ${comparisons} intervals excluded 1`,
    ...(poor === null ? [] : [`  ${poor.charAt(0).toUpperCase()}${poor.slice(1)}.`]),
  ].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
