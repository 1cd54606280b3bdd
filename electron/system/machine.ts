// This machine and its settings, for the fingerprint and the Setup screen. The hardware is read once; settings (limits,
// modes, battery) are read each time, since they may change between two runs. Never throws; what cannot be read is
// null. Memory in bytes.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism, release, totalmem } from 'node:os'
import systeminformation from 'systeminformation'
import type { Fingerprint, Gpu, Machine } from '../../shared/domain/fingerprint.ts'
import { readHostSettings } from './host-settings.ts'
import { type CudaGpu, inCudaOrder, needsCudaOrder, readNvidiaGpus } from './nvidia-gpus.ts'

type Parts = Pick<
  Machine,
  'os' | 'kernel' | 'cpuModel' | 'physicalCores' | 'logicalCores' | 'memoryBytes' | 'virtualMachine'
>

/** @param listCudaDevices asked at most once, and only where CUDA may count GPUs in another order than the driver. */
export function createMachineReader(
  listCudaDevices: () => Promise<readonly CudaGpu[]> = async () => [],
): () => Promise<Machine> {
  let parts: Promise<Parts> | null = null
  let seen: Promise<readonly CudaGpu[]> | null = null

  async function readGpus(): Promise<Gpu[]> {
    const gpus = await readNvidiaGpus()
    if (gpus.length === 0 || !needsCudaOrder(gpus, process.env.CUDA_VISIBLE_DEVICES)) return gpus
    seen ??= listCudaDevices()
    return inCudaOrder(gpus, await seen)
  }

  return async () => {
    parts ??= readParts()
    const [known, settings, battery, gpus] = await Promise.all([
      parts,
      readHostSettings(),
      answerOrNull(systeminformation.battery()),
      readGpus(),
    ])
    return {
      ...known,
      ...settings,
      onBattery: battery ? battery.hasBattery && !battery.acConnected : null,
      gpus,
    }
  }
}

async function readParts(): Promise<Parts> {
  const [operatingSystem, cpu, system] = await Promise.all([
    answerOrNull(systeminformation.osInfo()),
    answerOrNull(systeminformation.cpu()),
    answerOrNull(systeminformation.system()),
  ])
  const logicalCores = cpu?.cores || availableParallelism()
  return {
    os: operatingSystem ? `${operatingSystem.distro} ${operatingSystem.release}`.trim() : process.platform,
    kernel: operatingSystem?.kernel || release(),
    cpuModel: cpu ? `${cpu.manufacturer} ${cpu.brand}`.trim() : 'unknown',
    physicalCores: cpu?.physicalCores || logicalCores,
    logicalCores,
    memoryBytes: totalmem(),
    virtualMachine: (await hypervisorFlag()) ?? system?.virtual ?? null,
  }
}

async function answerOrNull<Answer>(question: Promise<Answer>): Promise<Answer | null> {
  return question.catch(() => null)
}

async function hypervisorFlag(): Promise<boolean | null> {
  return flagsOf(await processorText())?.has('hypervisor') ?? null
}

function processorText(): Promise<string> {
  return readFile('/proc/cpuinfo', 'utf8').catch(() => '')
}

/** Null if the processor's flags cannot be read. */
function flagsOf(cpuinfo: string): ReadonlySet<string> | null {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]
  return flags === undefined ? null : new Set(flags.trim().split(/\s+/))
}

/**
 * Why this processor is not suited to INT8, in one sentence; null if nothing is missing, or its flags cannot be read.
 */
export async function int8Gap(cpuinfo?: string): Promise<string | null> {
  const flags = flagsOf(cpuinfo ?? (await processorText()))
  if (flags === null || flags.has('avx512_vnni') || flags.has('avx_vnni')) return null
  return (
    'This processor has no VNNI: ONNX Runtime and OpenVINO may saturate the INT8 sums of a file whose weights use all 8' +
    ' bits, and its outputs then differ more from FP32 than on a processor that has it. Convert with' +
    ' --overflow-fix enable, which keeps the weights to 7 bits.'
  )
}

// Turns a machine and the software that ran on it into one comparable hash. The same facts give the same hash, in
// whatever order they were recorded.

/** @param software library -> version, as loaded by the workers. */
export function fingerprintOf(
  machine: Machine,
  software: Readonly<Record<string, string>>,
  enginebenchVersion: string,
): Fingerprint {
  const facts = { machine, software: { ...software }, enginebenchVersion }
  return { hash: createHash('sha256').update(JSON.stringify(facts, inNameOrder)).digest('hex'), ...facts }
}

function inNameOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}

/**
 * What a noise floor belongs to: the machine with its settings, and the app version. The workers' software is not part
 * of it.
 */
export function machineHashOf(machine: Machine, enginebenchVersion: string): string {
  return createHash('sha256').update(JSON.stringify({ machine, enginebenchVersion }, inNameOrder)).digest('hex')
}
