import { expect, test } from 'vitest'
import { newRunId } from '../../../../electron/runs/session/run-service.ts'

test('a run is named by its second in UTC, its model and its suffix', () => {
  expect(newRunId(new Date('2026-01-02T03:04:05.678Z'), 'clip-vit-b32', 'k3f9')).toBe(
    '20260102-030405-clip-vit-b32-k3f9',
  )
})
