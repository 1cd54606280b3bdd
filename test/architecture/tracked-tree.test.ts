import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText, repositoryFiles, repositoryFolder } from './source-tree.ts'

const limitBytes = 40 * 1024 * 1024
const binary = /\.(png|jpe?g|webp|onnx|npy|woff2?|pdf|gif|ico|xlsx)$/
const files = repositoryFiles()
const texts = files.filter((file) => !binary.test(file))

function linesWith(pattern: RegExp, among: readonly string[]): readonly string[] {
  return among.flatMap((file) =>
    readText(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  )
}

test('what is tracked stays under 40 MiB', () => {
  const total = files.reduce((sum, file) => sum + statSync(join(repositoryFolder, file)).size, 0)
  expect(total).toBeLessThan(limitBytes)
})

test('no file names the host of a package registry or a mirror', () => {
  // In parts, so that this file does not name one either.
  const names = [
    ['registry', 'npmjs', 'org'],
    ['registry', 'yarnpkg', 'com'],
    ['pypi', 'org'],
    ['pythonhosted', 'org'],
    ['download', 'pytorch', 'org'],
    ['pypi', 'nvidia', 'com'],
    ['deb', 'debian', 'org'],
  ]
  const hosts = new RegExp([...names.map((parts) => parts.join('\\.')), '--index-url https?:'].join('|'))
  expect(linesWith(hosts, texts)).toEqual([])
})

test('the lock file does not say where packages were fetched', () => {
  expect(linesWith(/"resolved":\s*"(?!file:)/, ['package-lock.json'])).toEqual([])
})

test('no file outside the tests holds an absolute path of somebody’s machine', () => {
  const path = /(^|[^A-Za-z0-9_.:/-])\/(work|root|home|tmp|opt|Users|mnt)\/[A-Za-z0-9_]|\b[A-Z]:\\\\?Users/
  expect(
    linesWith(
      path,
      texts.filter((file) => !file.startsWith('test/')),
    ),
  ).toEqual([])
})

test('no Python requirement names an index, and every one but torch and what is compiled for it has a hash', () => {
  const requirements = files.filter((file) => /^electron\/python\/requirements\/.*\.txt$/.test(file))
  expect(requirements.length).toBeGreaterThanOrEqual(4)
  expect(linesWith(/^\s*--?(i|index-url|extra-index-url|find-links|f)\b/, requirements)).toEqual([])
  const unhashed = requirements
    .filter((file) => !/\/(torch|torchvision|excluded(-[a-z]+)?)\.txt$/.test(file))
    .flatMap((file) => {
      const entries = readText(file).replace(/\\\n/g, ' ').split('\n')
      return entries.filter((entry) => /^[A-Za-z0-9]/.test(entry) && !/--hash=sha256:[0-9a-f]{64}/.test(entry))
    })
  expect(unhashed).toEqual([])
})

test('dependencies are pinned to exact versions', () => {
  const { dependencies, devDependencies } = JSON.parse(readText('package.json'))
  const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  )
  expect(loose).toEqual([])
})
