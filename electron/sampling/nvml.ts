// The narrow seam to NVIDIA's management library: one GPU, one reading a method, in the library's own units. Every
// reading is a value or the reason why there is none; nothing throws. A fake stands here in tests.

export type NvmlReading<Value> =
  | { readonly value: Value; readonly reason: null }
  /** `isLost`: the driver does not reach the GPU any more (it fell off the bus, or waits for a reset). */
  | { readonly value: null; readonly reason: string; readonly isLost?: boolean }

export interface NvmlProcess {
  readonly pid: number
  /** Memory of the GPU that it holds; null where the driver does not tell (some systems manage it themselves). */
  readonly usedBytes: number | null
}

export interface NvmlGpu {
  readonly name: string
  smClockMhz(): NvmlReading<number>
  memoryClockMhz(): NvmlReading<number>
  powerMilliwatts(): NvmlReading<number>
  temperatureCelsius(): NvmlReading<number>
  /** Where the GPU slows itself. Does not change. */
  slowdownCelsius(): NvmlReading<number>
  memoryUsedBytes(): NvmlReading<number>
  utilizationPercent(): NvmlReading<number>
  clockReasonBits(): NvmlReading<bigint>
  computeProcesses(): NvmlReading<readonly NvmlProcess[]>
  /** Since the driver was loaded. Takes milliseconds, the others microseconds. */
  energyMillijoules(): NvmlReading<number>
  close(): void
}

/** Opens the GPU that a run on `cuda` uses, or says why there is none to read. */
export type OpenNvml = () => NvmlGpu | { readonly absent: string }
