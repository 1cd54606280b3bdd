// Only the user installs Ultralytics, after reading its licence to the end and accepting it.
import type { EnginebenchBridge } from '../../shared/ipc/contract.ts'
import { expect, request, test } from './harness/app.ts'
import { show } from './harness/capture.ts'

declare const window: { readonly enginebench: EnginebenchBridge }

test('the licence is shown in full, and nothing is installed before it is accepted', async ({ standingApp }) => {
  const { page } = standingApp
  await show(page, '#/setup')
  await page
    .getByRole('row', { name: 'Ultralytics', exact: true })
    .getByRole('button', { name: 'Read licence' })
    .click()
  const dialog = page.getByRole('dialog')
  const text = dialog.getByRole('region', { name: 'Licence text' })
  await expect(text).toContainText('GNU AFFERO GENERAL PUBLIC LICENSE')
  await expect(text).toContainText('END OF TERMS AND CONDITIONS')
  const accept = dialog.getByRole('button', { name: /install/i })
  const consent = dialog.getByRole('checkbox')
  await expect(accept).toBeDisabled()
  await expect(consent).toBeDisabled()

  await text.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await consent.check()
  await expect(accept).toBeEnabled()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(await request(page, 'python:describe', {})).toContainEqual(
    expect.objectContaining({ name: 'yolo', state: 'absent' }),
  )
})

test('an installation without the accepted licence is refused', async ({ standingApp }) => {
  const { page } = standingApp
  const ended = page.evaluate(
    () =>
      new Promise((resolve) => {
        const { subscribe, request } = window.enginebench
        subscribe('python:progressed', (progress) => progress.outcome !== null && resolve(progress))
        void request('python:install', {
          environment: 'yolo',
          torchSource: null,
          acceptedLicences: [],
          repair: false,
        }).then((answer) => !answer.ok && resolve(answer))
      }),
  )
  expect(await ended).toMatchObject({ error: { code: 'licence-not-accepted' } })
  expect(await request(page, 'python:describe', {})).toContainEqual(
    expect.objectContaining({ name: 'yolo', state: 'absent' }),
  )
})
