// What control groups, of version 1 or 2, leave this process: the tightest limit of its group and those around it.
// `none` where no group limits it, null where the system does not tell its groups. Never throws.
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

type Limit = number | 'none' | null

export interface ControlGroupLimits {
  readonly cpuLimitCores: Limit
  readonly memoryLimitBytes: Limit
}

/** Version 1 says the largest number of its pages where it limits nothing. */
const unlimitedBytes = 2 ** 62

/** @param root the folder under which `sys` and `proc` lie. */
export async function readControlGroupLimits(root: string): Promise<ControlGroupLimits> {
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

/** The group's own path and those around it, of the line `4:cpu,cpuacct:/a/b`; version 2 names no controller. */
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

/** `150000 100000`, microseconds of processor time in every so many; null for `max` or -1. */
function coresOf(text: string): number | null {
  const [, quota, period] = /^(\d+) (\d+)$/.exec(text) ?? []
  return quota === undefined || !Number(period) ? null : Number(quota) / Number(period)
}

function bytesOf(text: string): number | null {
  return /^\d+$/.test(text) && Number(text) < unlimitedBytes ? Number(text) : null
}
