import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findBasePython } from '../../../electron/python-environment/base-python.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enginebench-base-'))
  vi.stubEnv('PATH', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** A program of that name on PATH that answers the probe. */
async function installed(name: string, version: readonly number[], missing: readonly string[] = []): Promise<string> {
  const file = join(folder, name)
  const answer = JSON.stringify({ interpreter: file, version, missing })
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' '${answer}'\n`)
  await chmod(file, 0o755)
  return file
}

const unavailable = (message: RegExp, remedy: RegExp) =>
  expect.objectContaining({
    record: expect.objectContaining({
      code: 'python-unavailable',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    }),
  })

test('the first on PATH that is new enough and complete is taken', async () => {
  await installed('python3', [3, 9, 2])
  await installed('python3.13', [3, 13, 1], ['ensurepip'])
  const fit = await installed('python3.12', [3, 12, 4])
  expect(await findBasePython(null)).toEqual({ interpreter: fit, version: '3.12.4' })
})

test('no Python at all is said, with what to install', async () => {
  await expect(findBasePython(null)).rejects.toEqual(unavailable(/No Python was found/, /Install Python 3\.10/))
})

test('a Python that is too old is named', async () => {
  await installed('python3', [3, 9, 2])
  await expect(findBasePython(null)).rejects.toEqual(unavailable(/3\.9\.2 .* too old/, /Install Python 3\.10/))
})

test('a Python without venv names the missing part and its Debian package', async () => {
  await installed('python3', [3, 11, 2], ['ensurepip'])
  await expect(findBasePython(null)).rejects.toEqual(
    unavailable(/ensurepip is missing/, /apt install python3\.11-venv/),
  )
})

test('a named program that is no Python is refused, whatever is on PATH', async () => {
  await installed('python3', [3, 12, 0])
  await expect(findBasePython(`${folder}${delimiter}none`)).rejects.toEqual(
    unavailable(/does|not a Python/, /--python/),
  )
})
