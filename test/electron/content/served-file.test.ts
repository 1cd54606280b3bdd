import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findServedFile, type Mount, pageExtensions, pictureExtensions } from '../../../electron/content/served-file.ts'

let root: string
let mounts: readonly Mount[]

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'served-file-')))
  for (const folder of ['page/assets', 'page-secret', 'models/digits'])
    await mkdir(join(root, folder), { recursive: true })
  for (const file of [
    'page/index.html',
    'page/assets/app.js',
    'page/settings.json',
    'page-secret/key.js',
    'secret.js',
    'models/digits/three.png',
    'models/digits/model.json',
  ]) {
    await writeFile(join(root, file), '')
  }
  await symlink(join(root, 'secret.js'), join(root, 'page/assets/link.js'))
  await symlink(root, join(root, 'page/up'))
  mounts = [
    { path: '/', folder: join(root, 'page'), extensions: pageExtensions },
    { path: '/models/', folder: join(root, 'models'), extensions: pictureExtensions },
  ]
})

afterAll(() => rm(root, { recursive: true, force: true }))

describe('findServedFile', () => {
  it('names the file and its kind', async () => {
    expect(await findServedFile('/assets/app.js', mounts)).toEqual({
      file: join(root, 'page/assets/app.js'),
      contentType: 'text/javascript; charset=utf-8',
    })
  })

  it('uses the longest mount that fits', async () => {
    expect(await findServedFile('/models/digits/three.png', mounts)).toEqual({
      file: join(root, 'models/digits/three.png'),
      contentType: 'image/png',
    })
  })

  it.each([
    ['a parent folder', '/../secret.js'],
    ['an encoded parent folder', '/%2e%2e/secret.js'],
    ['an encoded separator', '/..%2fsecret.js'],
    ['a sibling whose name begins alike', '/../page-secret/key.js'],
    ['a backslash', '/..\\secret.js'],
    ['a symbolic link that leads out', '/assets/link.js'],
    ['a folder link that leads out', '/up/secret.js'],
    ['a kind that is not served', '/settings.json'],
    ['a manifest under the pictures', '/models/digits/model.json'],
    ['a script under the pictures', '/models/app.js'],
    ['a folder', '/assets'],
    ['a NUL', '/assets/app.js%00.png'],
    ['broken encoding', '/%E0%A4%A'],
    ['what does not exist', '/assets/other.js'],
  ])('refuses %s', async (_what, pathname) => {
    expect(await findServedFile(pathname, mounts)).toBeNull()
  })
})
