// Whether a worker's memory lies in huge pages must not depend on luck: a model with large weights is about 10 % faster
// with them. Where the system gives huge pages to every process ("always"), it gives them only while it has free ones, so
// the worker that starts first gets more than the next. There, workers ask for them explicitly, and the kernel makes room
// for each. Where the system gives them only on request ("madvise") or never, no worker asks, as no program would.
import { readFileSync } from 'node:fs'
import type { Environment } from '../system/process-environment.ts'

const settingFile = '/sys/kernel/mm/transparent_hugepage/enabled'

/** Makes the C library ask for huge pages for its heap (glibc 2.35 and newer; others ignore it). */
const request = 'glibc.malloc.hugetlb=1'

/**
 * Variables of a worker's environment.
 * @param setting the kernel's file: `always [madvise] never`; empty if there is none
 * @param own the user's own GLIBC_TUNABLES, which win
 */
export function hugePageVariables(setting = readSetting(), own = process.env.GLIBC_TUNABLES ?? ''): Environment {
  if (!setting.includes('[always]') || own.includes('glibc.malloc.hugetlb')) return {}
  return { GLIBC_TUNABLES: own === '' ? request : `${own}:${request}` }
}

function readSetting(): string {
  try {
    return readFileSync(settingFile, 'utf8')
  } catch {
    return ''
  }
}
