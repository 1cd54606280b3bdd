// Where a tensor says that its bytes lie. Only a plain relative path below the model's own folder is accepted, by
// rules that hold on every platform, so that a file is not safe here and unsafe elsewhere.
import { badModelFile, unsafeModelFile } from './model-refusal.ts'

export interface ExternalExtent {
  /** Relative to the model's folder, with `/`. */
  readonly location: string
  readonly offsetBytes: number
  /** Null: to the end of the file. */
  readonly lengthBytes: number | null
}

const reservedName = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

export function externalExtent(entries: readonly { key?: string | null; value?: string | null }[]): ExternalExtent {
  const values = new Map(entries.map(({ key, value }) => [key ?? '', value ?? '']))
  const location = values.get('location') ?? ''
  checkLocation(location)
  return {
    location,
    offsetBytes: wholeNumber(values.get('offset')) ?? 0,
    lengthBytes: wholeNumber(values.get('length')),
  }
}

export function checkLocation(location: string): void {
  const refuse = (why: string) => unsafeModelFile(`its external data ${why}`)
  if (location === '') throw badModelFile('its external data has no file name')
  if (location.length > 1024) throw refuse('has a name over 1024 characters')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\x00-\x1f\x7f]/.test(location)) throw refuse('has a control character in its name')
  if (location.startsWith('/') || location.startsWith('\\')) throw refuse('is named by an absolute path')
  if (location.includes(':')) throw refuse('is named by a drive or a stream')
  if (location.includes('\\')) throw refuse('is named with backslashes')
  for (const part of location.split('/')) {
    if (part === '..') throw refuse('lies outside of the model’s folder')
    if (part === '' || part === '.') throw refuse('is not named plainly')
    if (reservedName.test(part)) throw refuse('has a reserved name')
  }
  if (location.toLowerCase() === 'model.onnx') throw refuse('has the name of a model')
}

function wholeNumber(text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text) || !Number.isSafeInteger(value)) {
    throw unsafeModelFile('the place of its external data is not a whole number')
  }
  return value
}
