import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { encodeElements } from '../../../electron/inputs/element-bytes.ts'
import { type FeedRequest, fedInputs, preparedFeeds } from '../../../electron/inputs/feeds.ts'
import { InputCache } from '../../../electron/inputs/input-cache.ts'
import { arrayNpy, readArray } from '../../../electron/inputs/npy.ts'
import type { ShapedInput } from '../../../shared/planning/input-shapes.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const vector = (changes: Partial<ShapedInput> = {}): ShapedInput => ({
  ...{ name: 'x', type: 'float32', batchAxis: 0, layout: null, shape: [1, 4] },
  values: { kind: 'range', low: -1, high: 1 },
  ...changes,
})

function prepare(inputs: readonly ShapedInput[], changes: Partial<FeedRequest> = {}) {
  const unpack = async () => {}
  return preparedFeeds({ inputs, seed: 1, pictures: null, cache: new InputCache(folder), unpack, ...changes })
}

async function values(inputs: readonly ShapedInput[], changes: Partial<FeedRequest> = {}) {
  const { feeds } = await prepare(inputs, changes)
  return Promise.all(
    feeds.map(async ({ file, shape }) => ({ shape, bytes: Buffer.from((await readArray(file)).bytes) })),
  )
}

const numbersOf = (array: { readonly bytes: Buffer } | undefined) =>
  Array.from({ length: (array?.bytes.length ?? 0) / 4 }, (_, index) => array?.bytes.readFloatLE(index * 4) ?? 0)

async function npy(name: string, type: 'float32' | 'float64' | 'int64', shape: readonly number[], numbers: number[]) {
  const file = join(folder, name)
  const body = encodeElements(type, numbers.length, (index) => numbers[index] ?? 0)
  await writeFile(file, arrayNpy(type, shape, body))
  return { kind: 'file', file, array: null } as const
}

async function refusal(inputs: readonly ShapedInput[]): Promise<string> {
  return prepare(inputs).then(
    () => 'nothing was refused',
    (error) => `${error.record.code}: ${error.record.message}`.replaceAll(`${folder}/`, ''),
  )
}

describe('the rows of listed inputs', () => {
  it('are sixteen of seeded values, the same for the same seed', async () => {
    const [first] = await values([vector()])
    expect(first?.shape).toEqual([16, 4])
    const numbers = numbersOf(first)
    expect(numbers.every((value) => value >= -1 && value < 1)).toBe(true)
    expect(new Set(numbers).size).toBeGreaterThan(60)
    expect(await values([vector()])).toEqual([first])
    expect(await values([vector()], { seed: 2 })).not.toEqual([first])
  })

  it('are as many as there are pictures, and one of what never changes', async () => {
    const pictures = { file: '/pictures.npy', sha256: 'a'.repeat(64), shape: [5, 3, 8, 8] }
    const { feeds, rows } = await prepare(
      [
        vector({ name: 'images', values: { kind: 'images' }, shape: [1, 3, 8, 8] }),
        vector({ name: 'ids', type: 'int64', values: { kind: 'integers', low: 3, high: 4 } }),
        vector({ name: 'sizes', type: 'int64', values: { kind: 'constant', value: 640 } }),
        vector({ name: 'rate', type: 'int64', batchAxis: null, shape: [] }),
      ],
      { pictures },
    )
    expect(rows).toBe(5)
    expect(feeds.map(({ name, shape, batchAxis }) => [name, shape, batchAxis])).toEqual([
      ['images', [5, 3, 8, 8], 0],
      ['ids', [5, 4], 0],
      ['sizes', [1, 4], 0],
      ['rate', [1], null],
    ])
    const ids = await readArray(feeds[1]?.file ?? '')
    expect(new Set(new BigInt64Array(ids.bytes))).toEqual(new Set([3n, 4n]))
  })

  it('leave out the batch wherever it stands', async () => {
    const [state] = await values([vector({ shape: [2, 1, 8], batchAxis: 1 })])
    expect(state?.shape).toEqual([16, 2, 8])
  })

  it('come from a file of rows, or of one query', async () => {
    const list = await npy('list.npy', 'float32', [3, 2], [1, 2, 3, 4, 5, 6])
    const [rows] = await values([vector({ values: list, shape: [1, 2] })])
    expect([rows?.shape, numbersOf(rows)]).toEqual([
      [3, 2],
      [1, 2, 3, 4, 5, 6],
    ])
    const whole = await npy('whole.npy', 'float64', [2], [0.5, 2])
    const [one] = await values([vector({ values: whole, shape: [2], batchAxis: null })])
    expect([one?.shape, numbersOf(one)]).toEqual([
      [1, 2],
      [0.5, 2],
    ])
  })

  it('are refused where the file does not fit', async () => {
    const list = await npy('list.npy', 'float32', [3, 2], [1, 2, 3, 4, 5, 300])
    const ids = await npy('ids.npy', 'int64', [1, 2], [1, 300])
    const missing = { kind: 'file', file: join(folder, 'gone.npy'), array: null } as const
    expect(await refusal([vector({ values: list })])).toBe(
      'input-mismatch: list.npy is [3, 2], and "x" takes [rows, 4].',
    )
    expect(await refusal([vector({ values: list, shape: [1, 2], type: 'int64' })])).toBe(
      'input-mismatch: list.npy holds float32, and "x" takes int64.',
    )
    expect(await refusal([vector({ values: ids, shape: [1, 2], type: 'uint8' })])).toBe(
      'input-mismatch: ids.npy holds 300, which is no uint8 for "x".',
    )
    expect(await refusal([vector({ values: missing })])).toBe(
      'input-mismatch: gone.npy cannot be used as an array: it was not found.',
    )
    const other = await npy('other.npy', 'float32', [2, 2], [1, 2, 3, 4])
    const two = [vector({ values: list, shape: [1, 2] }), vector({ name: 'y', values: other, shape: [1, 2] })]
    expect(await refusal(two)).toBe('input-mismatch: "y" has 2 rows, and the other inputs have 3.')
  })

  it('take a named array of safetensors, and refuse one that is not there', async () => {
    const header = JSON.stringify({
      ids: { dtype: 'I64', shape: [1, 2], data_offsets: [0, 16] },
      other: { dtype: 'F32', shape: [1], data_offsets: [16, 20] },
    })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const body = Buffer.concat([encodeElements('int64', 2, (index) => index + 7), Buffer.alloc(4)])
    const file = join(folder, 'values.safetensors')
    await writeFile(file, Buffer.concat([length, Buffer.from(header), body]))
    const input = (array: string | null) =>
      vector({ type: 'int64', shape: [1, 2], values: { kind: 'file', file, array } })
    const [ids] = await values([input('ids')])
    expect([ids?.bytes.readBigInt64LE(0), ids?.bytes.readBigInt64LE(8)]).toEqual([7n, 8n])
    expect(await refusal([input('none')])).toBe(
      'input-mismatch: values.safetensors cannot be used as an array: it holds no "none", only ids, other.',
    )
    expect(await refusal([input(null)])).toBe(
      'input-mismatch: values.safetensors cannot be used as an array: it holds several arrays (ids, other), and none is named.',
    )
  })

  it('are told in words for the record', async () => {
    const inputs = [vector({ shape: [8, 4] })]
    const { feeds } = await prepare(inputs)
    expect(fedInputs(inputs, feeds, 1)).toEqual([
      {
        ...{ name: 'x', type: 'float32', shape: [8, 4], values: 'seeded numbers from -1 to 1, seed 1' },
        sha256: feeds[0]?.sha256,
      },
    ])
  })
})
