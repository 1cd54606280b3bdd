// One hash over the paths and bytes of files and folders: tells whether something made from them is out of date.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const passedOver = new Set(['__pycache__', 'node_modules', '.pytest_cache', '.ruff_cache'])

export function hashOf(root, entries) {
  const hash = createHash('sha256')
  for (const file of entries.flatMap((entry) => filesIn(join(root, entry))).sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !passedOver.has(name))
    .flatMap(({ name }) => filesIn(join(path, name)))
}
