// The preprocessing that Transformers keeps beside a model (`preprocessor_config.json`, in its folder or the one above),
// as text for the facts of an inspected file. Absent, too large or not a plain file counts as not stated.
import { dirname, join } from 'node:path'
import { readRegularFile } from '../store/regular-file.ts'

/** The key among an inspected file's metadata. */
export const processorKey = 'preprocessor_config.json'

const mostBytes = 64 * 1024

export async function statedPreprocessing(modelFile: string): Promise<Readonly<Record<string, string>>> {
  const folder = dirname(modelFile)
  for (const place of [folder, dirname(folder)]) {
    const bytes = await readRegularFile(join(place, processorKey), mostBytes).catch(() => null)
    if (bytes !== null) return { [processorKey]: bytes.toString('utf8') }
  }
  return {}
}
