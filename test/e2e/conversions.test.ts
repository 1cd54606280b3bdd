// From a model to proved engines by clicking, and everything that may go wrong on the way: cancelled, refused by the
// parser, closed in between. The builder is the tests' own: real parser, real engines, no GPU, never called TensorRT.
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Artifact } from '../../shared/domain/artifact.ts'
import { imageType, modelBytes, tinyGraph } from '../fakes/onnx-model.ts'
import { expect, request, test } from './harness/app.ts'
import { capture, readyForCapture, show } from './harness/capture.ts'
import {
  conversionOf,
  convertByForm,
  dropFile,
  leftoversIn,
  modelBlock,
  placeOf,
  startConversion,
  tensorrtRecipe,
  untilConverted,
} from './harness/conversions.ts'
import { untilEnded } from './harness/plans.ts'
import { processesOf, workersOf } from './harness/processes.ts'
import { adoptBuilder, adoptPython, testBuilder, testPython } from './harness/python.ts'
import { applicationFolder } from './harness/runtime.ts'

test.skip(!testPython || !testBuilder, 'the environments for conversions are not named')
test.beforeEach(async ({ home }) => {
  await adoptPython(home)
  await adoptBuilder(home)
})

const library = 'TensorRT-RTX 1.7.1, test builder'
const buildLimitMs = 90_000

test('digits goes from nothing to engines in FP16, FP32 and INT8 by clicks, each proved and compared', async ({
  openApp,
}) => {
  test.setTimeout(300_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)
  await show(page, '#/models')
  await expect(page.getByRole('heading', { name: 'Nothing converted yet' })).toBeVisible()
  const others = page.getByRole('list', { name: 'Models without a conversion' })
  const digitsLine = others.getByRole('listitem').filter({ hasText: 'Digits' })
  await expect(digitsLine).toContainText(`to ${library}, FP16`)
  await capture(page, 'models-empty')

  await digitsLine.getByRole('button', { name: 'Convert', exact: true }).click()
  await expect(page.getByRole('heading', { name: '1 engine ready' })).toBeVisible({ timeout: buildLimitMs })
  for (const [precision, ready] of [
    ['FP32', '2 engines ready'],
    ['INT8', '3 engines ready'],
  ] as const) {
    await modelBlock(page, 'Digits').getByRole('button', { name: 'Add precision' }).click()
    await convertByForm(page, /^TensorRT(?!-)/, precision)
    await expect(page.getByRole('heading', { name: ready })).toBeVisible({ timeout: buildLimitMs })
  }

  const engines = (await request(page, 'artifacts:list', {})).filter(({ step }) => step === 'engine')
  expect(engines.map(factsOf).sort((a, b) => a.precision.localeCompare(b.precision))).toEqual(
    ['fp16', 'fp32', 'int8'].map((precision) => ({
      precision,
      kind: 'tensorrt-rtx-engine',
      tools: expect.objectContaining({ 'TensorRT-RTX': '1.7.1, test builder' }),
      proved: true,
      verdict: 'pass',
    })),
  )
  for (const { sizeBytes, buildTimeMs, weightBytes, layerPrecision, precision, parity } of engines) {
    expect([sizeBytes > 0, buildTimeMs > 0, (weightBytes ?? 0) > 0]).toEqual([true, true, true])
    if (precision !== 'fp32') expect(layerPrecision?.[precision]).toBeGreaterThan(0)
    for (const { figures } of parity.byBatchSize) {
      expect(figures.accuracy?.reference).toBeGreaterThan(0.95)
      expect(figures.accuracy?.candidate).toBeGreaterThan(0.95)
    }
  }
  const records = await request(page, 'conversion:list', {})
  const repeated = records
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    .slice(1)
    .flatMap(({ steps }) => steps.filter(({ name }) => name === 'export' || name === 'simplify'))
  expect(repeated.map(({ state }) => state).filter((state) => state !== 'cached')).toEqual([])

  await chooseRow(page, `Digits, FP32, ${library}`)
  await chooseRow(page, `Digits, INT8, ${library}`)
  const inspector = page.getByRole('complementary', { name: 'Chosen artifact' })
  await expect(inspector.getByText('Digits, TensorRT-RTX INT8 engine, test builder')).toBeVisible()
  const parity = inspector.getByRole('region', { name: 'Parity' })
  await expect(parity).toContainText('pass')
  await expect(parity).toContainText(/Accuracy.*\d\d\.\d+ ?%.*FP32 \d\d\.\d+ ?%/)
  await expect(parity).toContainText('parity of the ONNX file that it was built from')
  await expect(inspector.getByRole('region', { name: 'Facts' })).toContainText(/Size.*Build time/)
  await expect(inspector.getByRole('region', { name: 'Calibration' })).toContainText('500 recommended')
  await expect(inspector.getByRole('button', { name: 'Benchmark' })).toBeDisabled()

  await inspector.getByRole('button', { name: 'Log' }).click()
  const log = page.getByRole('dialog', { name: /^Log: Digits INT8/ })
  await expect(log.getByRole('list', { name: 'Log lines' }).getByRole('listitem').nth(2)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(log).toBeHidden()

  await inspector.getByRole('button', { name: 'Layers', exact: true }).click()
  const layers = page.getByRole('dialog', { name: /^Layers: Digits/ })
  await expect(layers.getByRole('table').getByRole('row').nth(5)).toBeVisible({ timeout: 30_000 })
  await layers.getByLabel('Compare with').selectOption({ index: 1 })
  await expect(layers.getByText('Reading the layers')).toBeHidden()
  await expect(layers.getByRole('table').getByRole('row').nth(5)).toBeVisible({ timeout: 30_000 })
  await capture(page, 'models-layers')
  await page.keyboard.press('Escape')
  await expect(layers).toBeHidden()

  const comparison = page.getByRole('region', { name: 'Digits: artifacts compared' })
  await expect(comparison.getByRole('heading')).toContainText('smaller than FP32')
  await capture(page, 'models-full')
  await comparison.getByRole('button', { name: 'Table' }).click()
  const table = comparison.getByRole('table', { name: 'Precision table' })
  await expect(table.getByRole('row').filter({ hasText: library })).toHaveCount(3)
  expect(consoleLines).toEqual([])
})

test('a build is cancelled: it ends at once, leaves nothing on disk and no process, and its ONNX steps stay', async ({
  openApp,
  home,
}) => {
  test.setTimeout(240_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)
  await show(page, '#/models')
  const id = await startConversion(page, tensorrtRecipe('clip-vit-b32'))
  await expect.poll(() => placeOf(page, id), { timeout: 150_000 }).toBe('engine')
  const busy = page.getByRole('region', { name: /FP32, in progress$/ })
  await expect(busy.getByRole('progressbar', { name: 'Build engine' })).toBeVisible()
  expect((await workersOf(home)).length).toBeGreaterThan(0)

  const cancelledAt = performance.now()
  await busy.getByRole('button', { name: /^Cancel/ }).click()
  await expect.poll(async () => (await conversionOf(page, id)).state, { intervals: [50] }).toBe('cancelled')
  expect(performance.now() - cancelledAt).toBeLessThan(4000)
  await expect(busy).toBeHidden()
  await expect.poll(() => workersOf(home)).toEqual([])
  expect(await leftoversIn(home)).toEqual([])
  const kept = await request(page, 'artifacts:list', {})
  expect(kept.filter(({ kind }) => kind !== 'onnx')).toEqual([])
  expect(kept.length).toBeGreaterThan(0)

  const again = await startConversion(page, tensorrtRecipe('clip-vit-b32'))
  // Beside the whole and its step: what the builder says that it does inside.
  await expect
    .poll(() => busy.getByRole('progressbar').count(), { intervals: [50], timeout: buildLimitMs })
    .toBeGreaterThan(2)
  await capture(page, 'models-busy')
  const { steps } = await conversionOf(page, again)
  expect(steps.slice(0, 2).map(({ name, state }) => [name, state])).toEqual([
    ['export', 'cached'],
    ['simplify', 'cached'],
  ])
  await request(page, 'conversion:cancel', { conversionId: again })
  expect((await untilConverted(page, again, buildLimitMs)).state).toBe('cancelled')
  expect(consoleLines).toEqual([])
})

test('what is dropped is opened or refused in words; what the parser cannot take is named, with what helps', async ({
  openApp,
  home,
}) => {
  test.setTimeout(180_000)
  const { app, page, consoleLines } = await openApp()
  await readyForCapture(app, page)
  await show(page, '#/setup')

  const picture = join(home, 'picture.jpg')
  await copyFile(join(applicationFolder, 'models/samples/cat.jpg'), picture)
  await dropFile(page, picture)
  await expect(page.getByRole('alert')).toContainText('"picture.jpg" is not an ONNX model.')
  const engine = join(home, 'clip.engine')
  await writeFile(engine, 'anything')
  await dropFile(page, engine)
  await expect(page.getByRole('alert')).toContainText('runs as code once it is loaded')
  const torn = join(home, 'torn.onnx')
  await writeFile(torn, modelBytes().slice(0, 60))
  await dropFile(page, torn)
  await expect(page.getByRole('alert')).toContainText('bad-model-file')
  await page.getByRole('alert').getByRole('button', { name: 'Close' }).click()

  const file = join(home, 'determinant.onnx')
  await writeFile(file, determinantModel())
  await dropFile(page, file)
  const line = page.getByRole('listitem').filter({ hasText: 'determinant' })
  await line.getByRole('button', { name: 'Convert', exact: true }).click()
  const trouble = modelBlock(page, 'determinant').getByRole('alert')
  await expect(trouble).toContainText('Det', { timeout: buildLimitMs })
  await expect(trouble).toContainText('unsupported-operator')
  await expect(page.getByRole('heading', { name: '1 needs attention' })).toBeVisible()
  await capture(page, 'models-failed')
  await expect(trouble.getByRole('button')).toHaveText([/Change the recipe/, /Retry/, /Dismiss/, /Log/])
  await trouble.getByRole('button', { name: 'Dismiss' }).click()
  await expect(trouble).toBeHidden()
  expect(await leftoversIn(home)).toEqual([])
  expect(consoleLines).toEqual([])
})

test('the queue survives being closed and being killed: what ran goes on, what waited is built', async ({
  openApp,
  home,
}) => {
  test.setTimeout(240_000)
  const first = await openApp()
  const clip = await startConversion(first.page, tensorrtRecipe('clip-vit-b32'))
  const digits = await startConversion(first.page, tensorrtRecipe('digits', { weights: { kind: 'auto' } }))
  await expect.poll(() => placeOf(first.page, clip), { timeout: 60_000 }).toBe('export')
  expect((await conversionOf(first.page, digits)).state).toBe('queued')
  await first.app.close()
  await expect.poll(() => processesOf(home)).toEqual([])

  const second = await openApp()
  await expect.poll(() => placeOf(second.page, clip), { timeout: 30_000 }).toBe('export')
  await expect.poll(async () => (await workersOf(home)).length).toBeGreaterThan(0)
  second.app.process().kill('SIGKILL')
  await expect.poll(() => processesOf(home)).toEqual([])

  const { page } = await openApp()
  await expect.poll(() => placeOf(page, clip), { timeout: 30_000 }).toBe('export')
  await request(page, 'conversion:cancel', { conversionId: clip })
  expect(await untilConverted(page, digits, buildLimitMs)).toMatchObject({ state: 'completed', error: null })
  expect(await leftoversIn(home)).toEqual([])
})

test('a converted file is measured at once, and the record says which', async ({ openApp }) => {
  test.setTimeout(180_000)
  const { page } = await openApp()
  await show(page, '#/models')
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Digits' })
    .getByRole('button', { name: 'Options', exact: true })
    .click()
  await convertByForm(page, /^ONNX file/, 'FP16')
  await expect(page.getByRole('heading', { name: '1 ONNX file ready' })).toBeVisible({ timeout: buildLimitMs })
  const [made] = (await request(page, 'artifacts:list', {})).filter(({ step }) => step === 'precision')
  const inspector = page.getByRole('complementary', { name: 'Chosen artifact' })
  await inspector.getByRole('button', { name: 'Benchmark' }).click()
  await expect(page.getByRole('list', { name: 'Artifacts to run' })).toContainText(made?.sha256.slice(0, 8) ?? 'none')
  await page.getByRole('button', { name: 'Batch 8', exact: true }).click()
  await page.getByRole('button', { name: 'Start benchmark' }).click()
  await expect.poll(async () => (await request(page, 'run:list', {})).length).toBe(1)
  const [run] = await request(page, 'run:list', {})
  const record = await untilEnded(page, run?.runId ?? '')
  expect(record.state).toBe('completed')
  const measured = record.groups
    .flatMap(({ cases }) => cases)
    .filter(({ caseKey }) => caseKey.includes('onnxruntime-node'))
  expect(measured.map(({ caseKey, state }) => ({ caseKey, state }))).toContainEqual({
    caseKey: `onnxruntime-node-fp16-${made?.sha256.slice(0, 8)}`,
    state: 'completed',
  })
})

function factsOf({ precision, kind, tools, precisionProof, parity }: Artifact) {
  return { precision, kind, tools, proved: precisionProof?.holds ?? null, verdict: parity.verdict }
}

/** Anywhere on the row will do, also on words that say more when pointed at. */
async function chooseRow(page: Page, name: string): Promise<void> {
  const row = page.getByRole('button', { name, exact: true })
  await row.click({ force: true })
  await expect(row).toHaveAttribute('aria-pressed', 'true')
}

/** Good ONNX that ONNX Runtime runs, with an operator that TensorRT's parser does not know. */
function determinantModel(): Uint8Array {
  return modelBytes(
    tinyGraph({
      node: [{ opType: 'Det', input: ['pixels'], output: ['logits'], name: 'determinant' }],
      output: [{ name: 'logits', type: imageType(['batch', 1]) }],
      initializer: [],
    }),
  )
}
