// The file that a URL of the page names, or null. A URL can only reach files inside the folder of its mount, after
// symbolic links are resolved, and only of the listed types. Does not read the file.
import { realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

export interface Mount {
  /** Leading part of the URL's path, with a slash at each end: `/`, `/models/`. */
  readonly path: string
  /** Absolute. */
  readonly folder: string
  /** Content types served from it, by extension. */
  readonly extensions: readonly string[]
}

export interface ServedFile {
  readonly file: string
  readonly contentType: string
}

export const pageExtensions: readonly string[] = Object.keys(contentTypes)
export const pictureExtensions: readonly string[] = ['.png', '.jpg', '.jpeg', '.webp']

export async function findServedFile(pathname: string, mounts: readonly Mount[]): Promise<ServedFile | null> {
  const decoded = decode(pathname)
  if (decoded === null || decoded.includes('\0') || decoded.includes('\\')) return null
  const mount = mounts
    .filter((candidate) => decoded.startsWith(candidate.path))
    .reduce<Mount | null>((best, next) => (best && best.path.length >= next.path.length ? best : next), null)
  if (!mount) return null
  const extension = extname(decoded).toLowerCase()
  const contentType = contentTypes[extension]
  if (contentType === undefined || !mount.extensions.includes(extension)) return null
  const file = await containedFile(mount.folder, decoded.slice(mount.path.length))
  return file === null ? null : { file, contentType }
}

async function containedFile(folder: string, relative: string): Promise<string | null> {
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, relative))
    if (!file.startsWith(root + sep)) return null
    return (await stat(file)).isFile() ? file : null
  } catch {
    return null
  }
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return null
  }
}
