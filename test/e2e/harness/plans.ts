// What the tests measure. All quick and of one launch; the simulated ones run at the pace of what they simulate, so that there is time
// to do something to them.
import type { Page } from '@playwright/test'
import type { Plan } from '../../../shared/domain/plan.ts'
import type { RunRecord } from '../../../shared/domain/run.ts'
import { expect, request } from './app.ts'

const quick: Omit<Plan, 'model' | 'candidates'> = {
  batchSizes: [1],
  imageFolder: null,
  imageLimit: 24,
  inputSize: null,
  weights: { kind: 'auto' },
  device: 'cpu',
  threads: 1,
  opset: null,
  preset: 'quick',
  seed: 1,
  budget: { mostLaunches: 1 },
}

export function digitsPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    ...quick,
    model: 'digits',
    candidates: [
      { backend: 'onnxruntime-node', precision: 'fp32', options: {} },
      { backend: 'onnxruntime-node', precision: 'int8', options: {} },
    ],
    ...overrides,
  }
}

export function simulatedPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    ...quick,
    model: 'digits',
    candidates: [
      { backend: 'simulated', precision: 'fp32', options: { medianMs: 12, pace: 1 } },
      { backend: 'simulated', precision: 'fp16', options: { medianMs: 7, pace: 1 } },
    ],
    ...overrides,
  }
}

/** Starts it through the page's own bridge. */
export async function startRun(page: Page, plan: Plan): Promise<string> {
  return (await request(page, 'run:start', { plan })).runId
}

export async function untilRounds(page: Page, runId: string, rounds: number, timeoutMs = 90_000): Promise<void> {
  await expect
    .poll(async () => roundsOf(await request(page, 'run:current', {}), runId), { timeout: timeoutMs })
    .toBeGreaterThanOrEqual(rounds)
}

function roundsOf(current: { runId: string; events: { kind: string }[] } | null, runId: string): number {
  if (current?.runId !== runId) return 0
  return current.events.filter(({ kind }) => kind === 'round-completed').length
}

export async function untilEnded(page: Page, runId: string, timeoutMs = 90_000): Promise<RunRecord> {
  await expect
    .poll(async () => (await request(page, 'run:open', { runId })).state, { timeout: timeoutMs })
    .not.toMatch(/queued|running/)
  return request(page, 'run:open', { runId })
}
