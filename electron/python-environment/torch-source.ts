// Where torch comes from: pip's own configuration, an index (URL), or a folder of wheels.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'

export type TorchSource =
  | { readonly kind: 'configured' }
  | { readonly kind: 'index'; readonly url: string }
  | { readonly kind: 'folder'; readonly folder: string }

/** Throws `bad-usage` for what is neither a URL nor a folder. */
export async function readTorchSource(text: string | null): Promise<TorchSource> {
  if (text === null || text.trim() === '') return { kind: 'configured' }
  if (/^https?:\/\//.test(text)) return { kind: 'index', url: text }
  const folder = resolve(text)
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory()) return { kind: 'folder', folder }
  throw new BenchError({
    code: 'bad-usage',
    stage: 'setup',
    message: `${text} is neither a URL nor a folder, so torch cannot come from it.`,
    remedy: 'Name a package index (https://…) or a folder that holds torch’s wheel.',
  })
}

/** For fetching torch itself, without what it depends on. */
export function torchArguments(source: TorchSource): readonly string[] {
  if (source.kind === 'index') return ['--index-url', source.url]
  if (source.kind === 'folder') return ['--no-index', '--find-links', source.folder]
  return []
}

/** For what torch depends on: the source may hold some of it, pip's own configuration the rest. */
export function dependencyArguments(source: TorchSource): readonly string[] {
  if (source.kind === 'index') return ['--extra-index-url', source.url]
  if (source.kind === 'folder') return ['--find-links', source.folder]
  return []
}
