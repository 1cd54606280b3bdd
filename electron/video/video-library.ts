// The videos of a folder and its subfolders, in the order of their paths (by code point, the same on every machine).
// Recognized only by name: decoding finds out whether each can be read. Throws BenchError `no-videos`.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import { BenchError } from '../../shared/domain/bench-error.ts'

const videoExtensions: ReadonlySet<string> = new Set(
  [
    'mp4',
    'm4v',
    'mov',
    'mkv',
    'webm',
    'avi',
    'ts',
    'm2ts',
    'mts',
    'mpg',
    'mpeg',
    'flv',
    'wmv',
    'asf',
    'ogv',
    'mxf',
    '3gp',
  ].map((extension) => `.${extension}`),
)

export interface VideoFile {
  /** Absolute. */
  readonly file: string
  /** Relative to the library, with `/`: its name in the record and the folder of its results. */
  readonly name: string
}

export interface VideoLibrary {
  /** Absolute. */
  readonly source: string
  readonly videos: readonly VideoFile[]
  /** Files that do not have a video's name. */
  readonly passedOver: number
}

/** @param source a folder, or one file of any name. */
export async function scanLibrary(source: string): Promise<VideoLibrary> {
  const absolute = resolve(source)
  const found = await stat(absolute).catch(() => null)
  if (found === null) throw noVideos(`${absolute} is not there.`)
  if (!found.isDirectory()) {
    return { source: dirname(absolute), videos: [{ file: absolute, name: basename(absolute) }], passedOver: 0 }
  }
  const entries = await readdir(absolute, { withFileTypes: true, recursive: true })
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, name: relative(absolute, file).split(sep).join('/') }))
    .filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
  const videos = files
    .filter(({ name }) => videoExtensions.has(extname(name).toLowerCase()))
    .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
  if (videos.length === 0) throw noVideos(`${absolute} holds no video.`)
  return { source: absolute, videos, passedOver: files.length - videos.length }
}

function noVideos(message: string): BenchError {
  const remedy = 'Name a video, or a folder that holds some: MP4, MOV, Matroska, WebM, AVI, MPEG and others.'
  return new BenchError({ code: 'no-videos', stage: 'plan', message, remedy })
}
