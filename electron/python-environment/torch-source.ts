// Where torch comes from: pip's own configuration, an index (URL), or a folder of wheels.
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { BenchError } from '../../shared/domain/bench-error.ts'
import { pip } from './pip.ts'

/** Of torch, and of TensorRT. */
export type PackageSource =
  | { readonly kind: 'configured' }
  | { readonly kind: 'index'; readonly url: string }
  | { readonly kind: 'folder'; readonly folder: string }

/** Throws `bad-usage` for a value that is neither a URL nor a folder. */
export async function readTorchSource(text: string | null, library = 'torch'): Promise<PackageSource> {
  if (text === null || text.trim() === '') return { kind: 'configured' }
  if (/^https?:\/\//.test(text)) return { kind: 'index', url: text }
  const folder = resolve(text)
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory()) return { kind: 'folder', folder }
  throw new BenchError({
    code: 'bad-usage',
    stage: 'setup',
    message: `${text} is neither a URL nor a folder, so ${library} cannot come from it.`,
    remedy: `Name a package index (https://…) or a folder that holds the ${library} wheel.`,
  })
}

/** For fetching torch itself, without its dependencies. */
export function torchArguments(source: PackageSource): readonly string[] {
  if (source.kind === 'index') return ['--index-url', source.url]
  if (source.kind === 'folder') return ['--no-index', '--find-links', source.folder]
  return []
}

/** For torch's dependencies: the source may hold some of them, and pip's own configuration provides the rest. */
export function dependencyArguments(source: PackageSource): readonly string[] {
  if (source.kind === 'index') return ['--extra-index-url', source.url]
  if (source.kind === 'folder') return ['--find-links', source.folder]
  return []
}

// What a set-up would download as torch, found out from pip without installing: shown before the download begins. If
// pip cannot say (no network, no pip in the base Python), the file is null, which is not an error.
const reportSchema = z.object({
  install: z
    .array(z.object({ metadata: z.object({ version: z.string() }), download_info: z.object({ url: z.string() }) }))
    .min(1),
})

export interface TorchOffer {
  version: string
  file: string | null
  source: string
  sizeBytes: number | null
}

export async function askForTorchOffer(
  interpreter: string,
  version: string,
  source: PackageSource,
  signal?: AbortSignal,
): Promise<TorchOffer> {
  const request = [
    ...['install', '--dry-run', '--ignore-installed', '--no-deps', '--no-input', '--quiet', '--only-binary', ':all:'],
    ...['--report', '-', '--use-feature', 'fast-deps', ...torchArguments(source), `torch==${version}`],
  ]
  const answer = await pip(interpreter, request, { timeoutMs: 60_000, ...(signal ? { signal } : {}) })
  const first = parseReport(answer.stdout)
  if (!first) return { version, file: null, source: describeSource(source), sizeBytes: null }
  const { url } = first.download_info
  const local = url.startsWith('file:')
  return {
    version: first.metadata.version,
    file: decodeURIComponent(basename(new URL(url).pathname)),
    source: local ? 'local file' : describeSource(source),
    sizeBytes: local ? await localSizeBytes(url) : await remoteSizeBytes(url, signal),
  }
}

function parseReport(text: string) {
  try {
    return reportSchema.parse(JSON.parse(text)).install[0] ?? null
  } catch {
    return null
  }
}

function describeSource(source: PackageSource): string {
  if (source.kind === 'index') return source.url
  return source.kind === 'folder' ? source.folder : 'package index'
}

async function localSizeBytes(url: string): Promise<number | null> {
  return stat(fileURLToPath(url)).then(
    ({ size }) => size,
    () => null,
  )
}

async function remoteSizeBytes(url: string, signal?: AbortSignal): Promise<number | null> {
  const limit = AbortSignal.timeout(5000)
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: signal ? AbortSignal.any([signal, limit]) : limit })
    const length = Number(answer.headers.get('content-length'))
    return answer.ok && length > 0 ? length : null
  } catch {
    return null
  }
}
