// What this machine is, for the fingerprint and the Setup screen. Read once, then kept: nothing here changes while
// the app runs but the battery. Never throws; what cannot be read is null. Memory in bytes.
import { readFile } from 'node:fs/promises'
import { availableParallelism, release, totalmem } from 'node:os'
import systeminformation from 'systeminformation'
import type { Machine } from '../../shared/domain/fingerprint.ts'
import { readNvidiaGpus } from './nvidia-gpus.ts'

export async function readMachine(): Promise<Machine> {
  const [operatingSystem, cpu, system, battery, cpuGovernor, gpus] = await Promise.all([
    answerOrNull(systeminformation.osInfo()),
    answerOrNull(systeminformation.cpu()),
    answerOrNull(systeminformation.system()),
    answerOrNull(systeminformation.battery()),
    readLine('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    readNvidiaGpus(),
  ])
  const logicalCores = cpu?.cores || availableParallelism()
  return {
    os: operatingSystem ? `${operatingSystem.distro} ${operatingSystem.release}`.trim() : process.platform,
    kernel: operatingSystem?.kernel || release(),
    cpuModel: cpu ? `${cpu.manufacturer} ${cpu.brand}`.trim() : 'unknown',
    physicalCores: cpu?.physicalCores || logicalCores,
    logicalCores,
    memoryBytes: totalmem(),
    cpuGovernor,
    virtualMachine: (await hypervisorFlag()) ?? system?.virtual ?? null,
    onBattery: battery ? battery.hasBattery && !battery.acConnected : null,
    gpus,
  }
}

async function answerOrNull<Answer>(question: Promise<Answer>): Promise<Answer | null> {
  return question.catch(() => null)
}

async function readLine(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trim() || null
}

/** Null where the processor's flags cannot be read. */
async function hypervisorFlag(): Promise<boolean | null> {
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''))?.[1]
  return flags === undefined ? null : flags.split(' ').includes('hypervisor')
}
