import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileSha256 } from '../../../electron/inputs/file-hash.ts'
import { InputCache } from '../../../electron/inputs/input-cache.ts'
import { temporaryFolder } from '../../fakes/temporary-folder.ts'

const root = temporaryFolder()

async function put(cache: InputCache, key: string, bytes: number) {
  return cache.store(key, async (file) => {
    await writeFile(file, Buffer.alloc(bytes, key))
    return { shape: [1, 1, 1, bytes / 4], sha256: await fileSha256(file), used: ['a.png'], skipped: [] }
  })
}

test('what was stored is found again, with what it is', async () => {
  const cache = new InputCache(join(root, 'found'))
  expect(await cache.find('a')).toBe(null)
  const stored = await put(cache, 'a', 8)
  expect(stored.sizeBytes).toBe(8)
  expect(await cache.find('a')).toEqual(stored)
})

test('a damaged array counts as absent and is removed', async () => {
  const folder = join(root, 'damaged')
  const cache = new InputCache(folder)
  await put(cache, 'a', 8)
  await writeFile(cache.arrayFile('a'), 'somewhat')
  expect(await cache.find('a')).toBe(null)
  expect(await readdir(folder)).toEqual([])
})

test('an array without its mark, as a crash leaves it, counts as absent', async () => {
  const cache = new InputCache(join(root, 'unmarked'))
  await put(cache, 'a', 8)
  await writeFile(join(root, 'unmarked', 'a.json'), '{"shape": [1,')
  expect(await cache.find('a')).toBe(null)
})

test('nothing is left of an array whose making failed', async () => {
  const folder = join(root, 'failed')
  const cache = new InputCache(folder)
  const failing = cache.store('a', async (file) => {
    await writeFile(file, 'half')
    throw new Error('decoder gone')
  })
  await expect(failing).rejects.toThrow('decoder gone')
  expect(await readdir(folder)).toEqual([])
})

test('over its limit, what was used longest ago goes first, and the newest stays even when it alone is too large', async () => {
  const folder = join(root, 'limited')
  const cache = new InputCache(folder, 20)
  await put(cache, 'old', 8)
  await put(cache, 'used', 8)
  await utimes(join(folder, 'old.json'), 2000, 2000)
  await utimes(join(folder, 'used.json'), 1000, 1000)
  await cache.find('used')
  await put(cache, 'new', 8)
  expect((await readdir(folder)).sort()).toEqual(['new.json', 'new.npy', 'used.json', 'used.npy'])
  await put(cache, 'huge', 400)
  expect((await readdir(folder)).sort()).toEqual(['huge.json', 'huge.npy'])
  expect((await readFile(cache.arrayFile('huge'))).length).toBe(400)
})

test('what an earlier process left half-made goes, and what a living one makes stays', async () => {
  const folder = join(root, 'leftovers')
  const cache = new InputCache(folder)
  await put(cache, 'a', 8)
  const [old, young] = ['old.1.unfinished.npy', `young.${process.pid}.unfinished.npy`]
  for (const name of [old, young]) await writeFile(join(folder, name), 'half')
  await utimes(join(folder, old), 1000, 1000)
  await put(cache, 'b', 8)
  expect((await readdir(folder)).sort()).toEqual(['a.json', 'a.npy', 'b.json', 'b.npy', young])
})
