// Records that the schema lets through although nobody would write them: a whole record in which some values are replaced
// by anything.
import fc from 'fast-check'
import { type RunRecord, runRecordSchema } from '../../shared/domain/run.ts'
import { hostileTexts } from './hostile-text.ts'

const anything = fc.oneof(
  hostileTexts,
  fc.double({ noNaN: true }),
  fc.constantFrom<unknown>(0, -1, 1, 1e308, -1e308, 5e-324, 2 ** 53, null, true, false, [], {}, '', 'x'),
)

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))
  return path.length === 0 ? below : [path, ...below]
}

function withValue(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement
  if (Array.isArray(value)) {
    return value.map((each, index) => (index === Number(key) ? withValue(each, rest, replacement) : each))
  }
  if (typeof value !== 'object' || value === null) return value
  return { ...value, [key]: withValue(Reflect.get(value, key), rest, replacement) }
}

export function anyRecord(record: RunRecord): fc.Arbitrary<RunRecord> {
  const paths = pathsOf(JSON.parse(JSON.stringify(record)))
  const change = fc.tuple(fc.constantFrom(...paths), anything)
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce<unknown>((value, [path, other]) => withValue(value, path, other), record))
    .map((value) => runRecordSchema.safeParse(value).data)
    .filter((found) => found !== undefined)
}
