// What a set-up would fetch as torch, asked of pip without installing: shown before the download begins.
// Where pip cannot say (no network, no pip in the base Python), the file is null; that is an answer, not an error.
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { pip } from './pip.ts'
import { type TorchSource, torchArguments } from './torch-source.ts'

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
  source: TorchSource,
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

function describeSource(source: TorchSource): string {
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
