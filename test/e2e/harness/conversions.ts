// What the tests of conversions request and look at in addition to what they click.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import type { ConversionRecord } from '../../../shared/domain/conversion.ts'
import type { Recipe } from '../../../shared/domain/recipe.ts'
import { fakeRecipe } from '../../fakes/conversion-record.ts'
import { expect, request } from './app.ts'

/** FP32 for TensorRT, whose builder takes CLIP long enough that something can be done to it. */
export function tensorrtRecipe(model: string, changes: Partial<Recipe> = {}): Recipe {
  return fakeRecipe({ model, weights: { kind: 'seeded' }, precision: 'fp32', ...changes })
}

export async function startConversion(page: Page, recipe: Recipe): Promise<string> {
  return (await request(page, 'conversion:start', { recipe })).conversionId
}

export async function conversionOf(page: Page, conversionId: string): Promise<ConversionRecord> {
  const records = await request(page, 'conversion:list', {})
  const record = records.find((each) => each.conversionId === conversionId)
  if (!record) throw new Error(`there is no conversion ${conversionId}`)
  return record
}

/** The step that a conversion is at; its state where it is at none. */
export async function placeOf(page: Page, conversionId: string): Promise<string> {
  const { steps, state } = await conversionOf(page, conversionId)
  return steps.find((step) => step.state === 'running')?.name ?? state
}

export async function untilConverted(page: Page, conversionId: string, timeoutMs: number): Promise<ConversionRecord> {
  await expect
    .poll(async () => (await conversionOf(page, conversionId)).state, { timeout: timeoutMs })
    .not.toMatch(/queued|running/)
  return conversionOf(page, conversionId)
}

/** Let go over the window as a file manager would do it: the page never learns the path. */
export async function dropFile(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 480, y: 320, data })
  }
  await session.detach()
}

export function modelBlock(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}

/** Chooses what is to be made in the open Convert form, and starts it. */
export async function convertByForm(page: Page, target: RegExp, precision: string): Promise<void> {
  const form = page.getByRole('dialog', { name: /^Convert / })
  await form.getByRole('radio', { name: target }).check()
  await form.getByRole('group', { name: 'Precision', exact: true }).getByRole('button', { name: precision }).click()
  await form.getByRole('button', { name: 'Convert', exact: true }).click()
  await expect(form).toBeHidden()
}

/** What lies in the store of artifacts and is none: half of a build, a lock, a folder without its sidecar. */
export async function leftoversIn(home: string): Promise<readonly string[]> {
  const store = join(home, 'artifacts')
  const names = await readdir(store).catch(() => [])
  const isArtifact = (name: string) =>
    stat(join(store, name, 'artifact.json')).then(
      () => true,
      () => false,
    )
  const kept = await Promise.all(names.map(isArtifact))
  return names.filter((_name, index) => !kept[index])
}
