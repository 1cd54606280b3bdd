import { expect, test } from 'vitest'
import { commands } from '../../electron/cli/command-line.ts'
import { backendIds, backendLabels } from '../../shared/domain/backend.ts'
import { benchErrorCodes, stageNames } from '../../shared/domain/bench-error.ts'
import { precisionSchema } from '../../shared/domain/precision.ts'
import { events, reportFormatSchema, requests } from '../../shared/ipc/contract.ts'
import { readText, repositoryFiles } from './source-tree.ts'

test.each([
  ['backends', backendIds],
  ['error codes', benchErrorCodes],
  ['stages', stageNames],
  ['precisions', precisionSchema.options],
  ['report formats', reportFormatSchema.options],
  ['commands', commands.map(({ usage }) => usage.split(' ')[0])],
  ['requests and events', [...Object.keys(requests), ...Object.keys(events)]],
])('%s are listed once each', (_what, names) => {
  expect(names.length).toBeGreaterThan(1)
  expect([...new Set<unknown>(names)]).toEqual([...names])
})

test('backends are told apart by their labels', () => {
  expect(new Set(Object.values(backendLabels)).size).toBe(backendIds.length)
})

test('a model’s folder is named as its id', () => {
  const manifests = repositoryFiles().filter((file) => /^models\/[^/]+\/model\.json$/.test(file))
  expect(manifests.length).toBeGreaterThanOrEqual(5)
  const misnamed = manifests.filter((file) => JSON.parse(readText(file)).id !== file.split('/')[1])
  expect(misnamed).toEqual([])
})
