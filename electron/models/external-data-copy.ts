// Copies a model's external data into its private folder, from files that are proved to be plain ones inside the
// model's own folder. Returns what was copied; nothing outside of the two folders is read or written.
import { createHash } from 'node:crypto'
import { mkdir, open, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { ExternalExtent } from './external-location.ts'
import { badModelFile, unsafeModelFile } from './model-refusal.ts'
import { openRegularFile } from './regular-file.ts'

export interface CopiedFile {
  readonly location: string
  readonly sha256: string
}

const maximumTotalBytes = 64 * 1024 ** 3
const chunkBytes = 4 * 1024 * 1024

export async function copyExternalData(
  extents: readonly ExternalExtent[],
  modelFolder: string,
  copyFolder: string,
): Promise<readonly CopiedFile[]> {
  const copied: CopiedFile[] = []
  let roomBytes = maximumTotalBytes
  for (const location of [...new Set(extents.map((extent) => extent.location))].sort()) {
    const source = await sourceOf(modelFolder, location)
    const { handle, sizeBytes } = await openRegularFile(source, `the external data «${location}»`, true)
    try {
      for (const extent of extents) if (extent.location === location) checkExtent(extent, sizeBytes)
      roomBytes -= sizeBytes
      if (roomBytes < 0) throw unsafeModelFile('its external data is over 64 GiB')
      const target = join(copyFolder, ...location.split('/'))
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      copied.push({ location, sha256: await copyBytes(handle, target, sizeBytes) })
    } finally {
      await handle.close()
    }
  }
  return copied
}

/** The folder on the way may be no link that leads out. */
async function sourceOf(modelFolder: string, location: string): Promise<string> {
  const source = join(modelFolder, ...location.split('/'))
  const folder = await realpath(dirname(source)).catch((error: Error) => {
    throw badModelFile(`its external data «${location}» is missing`, error.message)
  })
  if (folder !== modelFolder && !folder.startsWith(modelFolder + sep)) {
    throw unsafeModelFile('its external data lies outside of the model’s folder')
  }
  return source
}

function checkExtent({ location, offsetBytes, lengthBytes }: ExternalExtent, sizeBytes: number): void {
  if (offsetBytes + (lengthBytes ?? 0) > sizeBytes) {
    throw badModelFile(`its external data «${location}» is shorter than the model says`)
  }
}

async function copyBytes(
  source: { read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> },
  target: string,
  sizeBytes: number,
): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(Math.min(chunkBytes, Math.max(sizeBytes, 1)))
  const file = await open(target, 'wx', 0o600)
  try {
    for (let position = 0; position < sizeBytes; ) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, sizeBytes - position), position)
      if (bytesRead === 0) throw badModelFile('its external data grew shorter while it was copied')
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      await file.write(piece)
      position += bytesRead
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
