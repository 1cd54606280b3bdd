// The bytes that a folder's files take, links not followed. Files that vanish meanwhile count as nothing.
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

export async function folderSizeBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  let total = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    total += await lstat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    )
  }
  return total
}
