// Where the clone lies and where what it fetches is kept. Paths are absolute.
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryFolder = dirname(dirname(fileURLToPath(import.meta.url)))

/** Downloads and what is made of them, outside node_modules so that `npm ci` keeps them. Safe to delete. */
export const setupCacheFolder =
  process.env.ENGINEBENCH_SETUP_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'enginebench')
