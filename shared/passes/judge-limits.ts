// How close a case comes to its device's limits (the roofline model), and what holds it back. Uses the work counted in
// the graph, the device's peaks and the median latency of the rounds; the time split and the layer times distinguish
// transfers and launch overhead from the work itself. Milliseconds, operations, bytes; per query. Host and device times
// are compared here, never added. Does not measure or count anything.

import type { Precision } from '../domain/precision.ts'
import type { LayerTimes } from './layers.ts'
import type { Bound, DevicePeak, Limits, ModelWork } from './limits.ts'
import type { PartTime, TimeSplit } from './time-split.ts'

/** If a device computes for less than this share of the host's waiting time, it waits for the host. */
const leastBusyShare = 0.6
/** Below this share of the roof neither arithmetic nor memory can be the bottleneck. */
const lowShare = 0.05
/** Above this share of the roof the bottleneck is known without the device's busy time. */
const highShare = 0.5

/** Bytes of one number, relative to FP32: the least a case moves if everything is in its precision. */
const shareOfFp32: Readonly<Record<Precision, number>> = {
  ...{ fp32: 1, tf32: 1, fp16: 0.5, bf16: 0.5, int8: 0.25, fp8: 0.25 },
  'int4-weights': 0.125,
}

export interface LimitsQuestion {
  /** Counted in the FP32 file of the model. */
  readonly work: ModelWork
  /** In the precision that the case computes in. */
  readonly peak: DevicePeak
  /** Median of the rounds; null if there is none. */
  readonly latencyMs: number | null
  /** Null without a time split. */
  readonly timeSplit: TimeSplit | null
  /** Null without layer times. */
  readonly layerTimes: LayerTimes | null
}

export function judgeLimits({ work: inFp32, peak, latencyMs, timeSplit, layerTimes }: LimitsQuestion): Limits {
  const work = { ...inFp32, bytes: inFp32.bytes * shareOfFp32[peak.precision] }
  if (latencyMs === null || latencyMs <= 0) return { notMeasured: 'The rounds gave no median latency.' }
  if (work.operations === 0 || work.bytes === 0)
    return { notMeasured: 'No operator of this model has work that is counted.' }
  const operationsPerSecond = work.operations / (latencyMs / 1000)
  const intensity = work.operations / work.bytes
  const roof = Math.min(peak.operationsPerSecond, intensity * peak.bytesPerSecond)
  const shareOfRoof = operationsPerSecond / roof
  const { boundBy, because } = judgeBound(intensity, shareOfRoof, peak, {
    ...partsOf(timeSplit),
    deviceBusyMs: busyMsOf(layerTimes),
  })
  const lowerBound = work.notCounted.length === 0 ? '' : `; at least, for ${work.notCounted.join(', ')} is not counted`
  const share = `this engine runs at ${percent(shareOfRoof)} of what this device can do`
  const bound = boundBy === 'unknown' ? 'what bounds it is unknown' : `bound by ${boundWords[boundBy]}`
  const tooMuch =
    shareOfRoof > 1
      ? '; above 100 %, as where its data stay in caches, its work is overcounted, or the peak was measured on a busy machine'
      : ''
  const reason = `${share}, ${bound}: ${because}${lowerBound}${tooMuch}`
  return { work, peak, operationsPerSecond, intensity, shareOfRoof, boundBy, reason }
}

const boundWords: Readonly<Record<Exclude<Bound, 'unknown'>, string>> = {
  compute: 'compute',
  memory: 'memory',
  'launch-overhead': 'launch overhead',
  transfers: 'transfers',
}

interface Parts {
  readonly transferMs: number | null
  readonly hostComputeMs: number | null
  /** Between two events on the device: includes its waits for the host. */
  readonly deviceComputeMs: number | null
}

interface Times extends Parts {
  /** Sum of its layers: without any wait. */
  readonly deviceBusyMs: number | null
}

function judgeBound(
  intensity: number,
  shareOfRoof: number,
  peak: DevicePeak,
  { transferMs, hostComputeMs, deviceComputeMs, deviceBusyMs }: Times,
): { readonly boundBy: Bound; readonly because: string } {
  if (transferMs !== null && hostComputeMs !== null && transferMs > 0 && transferMs >= hostComputeMs)
    return {
      boundBy: 'transfers',
      because: `copies take ${milliseconds(transferMs)} and compute ${milliseconds(hostComputeMs)}`,
    }
  const busyMs = deviceBusyMs ?? deviceComputeMs
  if (busyMs !== null && hostComputeMs !== null && busyMs < leastBusyShare * hostComputeMs)
    return {
      boundBy: 'launch-overhead',
      because: `the device computes for ${milliseconds(busyMs)} of the ${milliseconds(hostComputeMs)} that the host waits for it`,
    }
  if (shareOfRoof < highShare && deviceComputeMs !== null && deviceBusyMs === null)
    return {
      boundBy: 'unknown',
      because: 'what the device tells of its compute holds its waits for the host; time by layer would tell them apart',
    }
  if (shareOfRoof < lowShare && (hostComputeMs === null || busyMs === null))
    return {
      boundBy: 'unknown',
      because:
        'neither compute nor memory is near its limit, and the device’s own times, which would tell, are missing',
    }
  const ridge = peak.operationsPerSecond / peak.bytesPerSecond
  const boundBy = intensity >= ridge ? 'compute' : 'memory'
  const where = boundBy === 'compute' ? 'at or above' : 'below'
  return {
    boundBy,
    because: `${digits(intensity)} operations a byte are ${where} the ${digits(ridge)} at which its arithmetic and memory balance`,
  }
}

/** Null if the host timed the layers. */
function busyMsOf(layerTimes: LayerTimes | null): number | null {
  if (layerTimes === null || 'notMeasured' in layerTimes || layerTimes.clock !== 'device') return null
  const computing = layerTimes.layers.filter(({ operator }) => operator !== 'Memcpy')
  return computing.reduce((sum, { timeMs }) => sum + timeMs, layerTimes.otherMs)
}

function partsOf(timeSplit: TimeSplit | null): Parts {
  if (timeSplit === null || 'notMeasured' in timeSplit)
    return { transferMs: null, hostComputeMs: null, deviceComputeMs: null }
  const medianOf = (part: PartTime['part'], clock: PartTime['clock']) =>
    timeSplit.parts.find((time) => time.part === part && time.clock === clock)?.medianMs ?? null
  const copies = [medianOf('host-to-device', 'host'), medianOf('device-to-host', 'host')].filter((ms) => ms !== null)
  return {
    transferMs: copies.length === 0 ? null : copies.reduce((sum, ms) => sum + ms, 0),
    hostComputeMs: medianOf('compute', 'host'),
    deviceComputeMs: medianOf('compute', 'device'),
  }
}

function percent(share: number): string {
  if (share < 0.001) return 'less than 0.1 %'
  return `${share < 0.1 ? (share * 100).toPrecision(2) : Math.round(share * 100)} %`
}

function milliseconds(ms: number): string {
  return `${digits(ms)} ms`
}

/** Three significant digits, and all integer digits: no exponents. */
function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}
