import { expect, test } from 'vitest'
import { pipFailure } from '../../../electron/python-environment/pip.ts'

test.each([
  ['disk-full', 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device'],
  ['python-setup-failed', "WARNING: Retrying after connection broken by 'NewConnectionError(...)'"],
  ['python-setup-failed', 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'],
  ['python-setup-failed', 'ERROR: No matching distribution found for torch==2.13.0'],
] as const)('%s is what becomes of %j', (code, line) => {
  const { record } = pipFailure('installing torch', ['Collecting torch', line])
  expect(record).toEqual({
    code,
    stage: 'setup',
    message: expect.stringContaining('installing torch stopped'),
    remedy: expect.any(String),
    cause: expect.any(String),
  })
})

test('an unreachable index is told apart from a missing build, though pip then says both', () => {
  const lines = ['NewConnectionError', 'ERROR: No matching distribution found for torch']
  expect(pipFailure('installing torch', lines).record.message).toContain('could not be reached')
})

test('words it does not know are passed on', () => {
  expect(pipFailure('installing torch', ['ERROR: the moon is full']).record).toEqual({
    code: 'python-setup-failed',
    stage: 'setup',
    message: 'pip failed while installing torch: the moon is full',
    remedy: 'Read the lines above; then repair: setup python --repair.',
    cause: 'ERROR: the moon is full',
  })
})

test('what is installed may know its own failures, and they come first', () => {
  const own = {
    pattern: /stub/,
    code: 'python-setup-failed',
    message: (task: string) => `${task} fetched nothing.`,
  } as const
  const { record } = pipFailure(
    'installing it',
    ['stub', 'No matching distribution found'],
    [{ ...own, remedy: 'Wait.' }],
  )
  expect([record.message, record.remedy]).toEqual(['installing it fetched nothing.', 'Wait.'])
})

test('of a package’s own downloads the words of the network are kept', () => {
  const lines = [
    'urllib.error.URLError: <urlopen error Name or service not known>',
    'error: metadata-generation-failed',
  ]
  expect(pipFailure('installing it', lines).record.cause).toBe(lines[0])
})
