// How the system is set up to run programs: the kernel's files about processors, pages and containers. No momentary
// readings. A setting that the system does not report is null. Never throws.
import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Machine } from '../../shared/domain/fingerprint.ts'

type HostSettings = Required<
  Pick<
    Machine,
    | 'cpuGovernor'
    | 'cpuBoost'
    | 'simultaneousMultithreading'
    | 'transparentHugePages'
    | 'container'
    | 'cpuLimitCores'
    | 'memoryLimitBytes'
  >
>

const processors = 'sys/devices/system/cpu'
const containerFiles = ['.dockerenv', 'run/.containerenv', 'run/systemd/container', 'run/secrets/kubernetes.io']
const containerGroups = /docker|containerd|kubepods|libpod|lxc|machine\.slice/

/** @param root the folder that contains `sys` and `proc`. */
export async function readHostSettings(root = '/'): Promise<HostSettings> {
  const read = async (file: string) => (await readFile(join(root, file), 'utf8').catch(() => '')).trim() || null
  const [governor, noTurbo, boost, threads, pages, container, limits] = await Promise.all([
    read(`${processors}/cpu0/cpufreq/scaling_governor`),
    read(`${processors}/intel_pstate/no_turbo`),
    read(`${processors}/cpufreq/boost`),
    read(`${processors}/smt/active`),
    read('sys/kernel/mm/transparent_hugepage/enabled'),
    isContainer(root, await read('proc/1/cgroup'), await read('proc/self/mounts')),
    readControlGroupLimits(root),
  ])
  return {
    cpuGovernor: governor,
    cpuBoost: switchOf(noTurbo, '0') ?? switchOf(boost, '1'),
    simultaneousMultithreading: switchOf(threads, '1'),
    transparentHugePages: /\[(\w+)\]/.exec(pages ?? '')?.[1] ?? null,
    container,
    ...limits,
  }
}

function switchOf(text: string | null, on: '0' | '1'): boolean | null {
  return text === '0' || text === '1' ? text === on : null
}

/** Null if the system has no such files. A container that hides its control groups still shows its layered root. */
async function isContainer(root: string, firstGroups: string | null, mounts: string | null): Promise<boolean | null> {
  const marks = await Promise.all(
    containerFiles.map((file) =>
      access(join(root, file)).then(
        () => true,
        () => false,
      ),
    ),
  )
  if (marks.includes(true)) return true
  if (firstGroups === null && mounts === null) return null
  return containerGroups.test(firstGroups ?? '') || /^overlay \/ /m.test(mounts ?? '')
}

// What control groups, version 1 or 2, leave this process: the tightest limit of its group and its parents. `none` if
// no group limits it, null if the system does not report its groups. Never throws.

type Limit = number | 'none' | null

interface ControlGroupLimits {
  readonly cpuLimitCores: Limit
  readonly memoryLimitBytes: Limit
}

/** Version 1 reports the largest possible number of pages if there is no limit. */
const unlimitedBytes = 2 ** 62

/** @param root the folder that contains `sys` and `proc`. */
async function readControlGroupLimits(root: string): Promise<ControlGroupLimits> {
  const groups = await readFile(join(root, 'proc/self/cgroup'), 'utf8').catch(() => null)
  if (groups === null) return { cpuLimitCores: null, memoryLimitBytes: null }
  const folders = join(root, 'sys/fs/cgroup')
  const inGroups = (controller: string, limitOf: (folder: string) => Promise<number | null>) =>
    tightest(groupPaths(groups, controller).map((path) => limitOf(join(folders, controller, path))))
  const [cpu, cpuOfVersion1, memory, memoryOfVersion1] = await Promise.all([
    inGroups('', async (folder) => coresOf(await read(folder, 'cpu.max'))),
    inGroups('cpu', async (folder) =>
      coresOf(`${await read(folder, 'cpu.cfs_quota_us')} ${await read(folder, 'cpu.cfs_period_us')}`),
    ),
    inGroups('', async (folder) => bytesOf(await read(folder, 'memory.max'))),
    inGroups('memory', async (folder) => bytesOf(await read(folder, 'memory.limit_in_bytes'))),
  ])
  return {
    cpuLimitCores: cpu ?? cpuOfVersion1 ?? 'none',
    memoryLimitBytes: memory ?? memoryOfVersion1 ?? 'none',
  }
}

/** The group's own path and its parents, from the line `4:cpu,cpuacct:/a/b`; version 2 names no controller. */
function groupPaths(groups: string, controller: string): readonly string[] {
  const own = groups
    .split('\n')
    .map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line))
    .find((line) => line?.[1]?.split(',').includes(controller))?.[2]
  const paths: string[] = []
  for (let path = own; path !== undefined; path = path === '/' ? undefined : dirname(path)) paths.push(path)
  return paths
}

async function tightest(limits: readonly Promise<number | null>[]): Promise<number | null> {
  const known = (await Promise.all(limits)).filter((limit) => limit !== null)
  return known.length === 0 ? null : Math.min(...known)
}

async function read(folder: string, file: string): Promise<string> {
  return (await readFile(join(folder, file), 'utf8').catch(() => '')).trim()
}

/** `150000 100000`, microseconds of processor time in each period; null for `max` or -1. */
function coresOf(text: string): number | null {
  const [, quota, period] = /^(\d+) (\d+)$/.exec(text) ?? []
  return quota === undefined || !Number(period) ? null : Number(quota) / Number(period)
}

function bytesOf(text: string): number | null {
  return /^\d+$/.test(text) && Number(text) < unlimitedBytes ? Number(text) : null
}
