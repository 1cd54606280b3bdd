// What the rail says of this machine: its GPU's state where one is being sampled, else its processor's.
import type { Machine } from '../shared/domain/fingerprint.ts'
import type { MachinePoint } from '../shared/ipc/contract.ts'
import { countText } from '../shared/report/figure-text.ts'
import { gibibytes } from './format/number.ts'

type Fact = readonly [name: string, value: string]

/** `now` is the latest sample of a run going on; null while the machine rests. */
export function railFacts(machine: Machine, now: MachinePoint | null): readonly Fact[] {
  const gpu = now?.gpu ?? null
  const load = reading('CPU load', now?.cpuLoadPercent, (value) => `${value.toFixed(0)} %`)
  if (gpu) {
    return [
      ...reading('GPU load', gpu.utilizationPercent, (value) => `${value.toFixed(0)} %`),
      ...reading('SM clock', gpu.smClockMhz, (value) => `${countText(value)} MHz`),
      ...reading('Power', gpu.powerWatts, (value) => `${value.toFixed(0)} W`),
      ...reading('Temperature', gpu.temperatureCelsius, (value) => `${value.toFixed(0)} °C`),
      ...load,
    ]
  }
  return [
    ['Cores, threads', `${machine.physicalCores}, ${machine.logicalCores}`],
    ...load,
    ...reading('CPU clock', now?.cpuClockMhz, (value) => `${countText(value)} MHz`),
    now?.memoryUsedBytes != null
      ? ['Memory used', gibibytes(now.memoryUsedBytes)]
      : ['Memory', gibibytes(machine.memoryBytes)],
    ...(machine.onBattery ? [['Power', 'on battery'] as const] : []),
  ]
}

function reading(name: string, value: number | null | undefined, text: (value: number) => string): readonly Fact[] {
  return value == null ? [] : [[name, text(value)]]
}
