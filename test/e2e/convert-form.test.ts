// The rows of the Convert form that depend on the card, and those of FP8, INT8 and plugin libraries, in the real window.
// The cards are made up: a stand-in for nvidia-smi names them. Nothing is built.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { answerFolderDialogs, expect, isLong, test } from './harness/app.ts'
import { capture, readyForCapture, resize, show } from './harness/capture.ts'
import { adoptBuilder, adoptPython, testBuilder, testPython } from './harness/python.ts'

test.skip(!isLong || !testPython || !testBuilder, 'a long test, and the environments for conversions are not named')
test.skip(process.platform !== 'linux', 'the stand-in for nvidia-smi is a shell script')

const cards = `#!/bin/sh
case "$1" in
  --query-gpu=*)
    echo 'NVIDIA GeForce RTX 4090, 24564, 580.95.05, GPU-4090aaaa-0000-4000-8000-000000000001, 8.9, 450.00, 3105, 10501, Enabled, [N/A], Disabled, Disabled'
    echo 'NVIDIA GeForce RTX 2080 Ti, 11264, 580.95.05, GPU-2080bbbb-0000-4000-8000-000000000002, 7.5, 260.00, 2100, 7000, Enabled, [N/A], [N/A], Disabled'
    ;;
  *) echo 'CUDA Version: 13.0' ;;
esac
`

test('the Convert form offers what the chosen card can build, and says of the rest why not', async ({
  openApp,
  home,
}) => {
  test.setTimeout(180_000)
  await adoptPython(home)
  await adoptBuilder(home)
  const programs = join(home, 'programs')
  await mkdir(programs)
  await writeFile(join(programs, 'nvidia-smi'), cards)
  await chmod(join(programs, 'nvidia-smi'), 0o755)
  const library = join(home, 'libsharpen.so')
  await writeFile(library, '\x7fELF, and code')
  const { app, page, consoleLines } = await openApp({ PATH: `${programs}:${process.env.PATH ?? ''}` })
  await readyForCapture(app, page)
  await show(page, '#/models')
  const others = page.getByRole('list', { name: 'Models without a conversion' })
  await others
    .getByRole('listitem')
    .filter({ hasText: 'CLIP' })
    .getByRole('button', { name: 'Options', exact: true })
    .click()
  const form = page.getByRole('dialog', { name: /^Convert / })
  const precision = choice(form, 'Precision')
  await form.getByRole('radio', { name: /^TensorRT(?!-)/ }).check()
  await precision.getByRole('button', { name: 'FP8' }).click()
  await expect(form.getByText('Q/DQ in the graph, from opset 19 on')).toBeVisible()
  await expect(choice(form, 'Precision of the other layers').getByRole('button', { pressed: true })).toHaveText('FP16')
  await expect(choice(form, 'Card').getByRole('button')).toHaveText(['0 · RTX 4090', '1 · RTX 2080 Ti'])
  await expect(form.getByRole('heading', { name: /steps to do$/ })).toBeVisible()
  await capture(page, 'models-convert-fp8')

  const runsOn = choice(form, 'Cards that can run the engine')
  await runsOn.scrollIntoViewIfNeeded()
  await runsOn.getByRole('button', { name: 'Ampere and newer' }).click()
  await form.getByRole('checkbox', { name: /I trust its maker/ }).check()
  await answerFolderDialogs(app, library)
  await form.getByRole('button', { name: 'Choose a library' }).click()
  await expect(form.getByText(/^libsharpen\.so [0-9a-f]{12}$/)).toBeVisible()
  await form.getByRole('button', { name: 'Remove' }).scrollIntoViewIfNeeded()
  await capture(page, 'models-convert-engine')
  for (const width of [1024, 1920]) {
    await resize(app, page, { width, height: 900 })
    await form.getByRole('button', { name: 'Remove' }).scrollIntoViewIfNeeded()
    await capture(page, `models-convert-engine-${width}`)
  }
  await resize(app, page, { width: 1440, height: 900 })

  await choice(form, 'Card')
    .getByRole('button', { name: /2080 Ti/ })
    .click()
  await expect(runsOn.getByRole('button', { name: 'Ampere and newer' })).toBeDisabled()
  await expect(form.getByRole('alert')).toContainText('RTX 2080 Ti has compute capability 7.5; FP8 needs 8.9 or newer.')
  await expect(form.getByRole('heading', { name: 'This conversion cannot start' })).toBeVisible()
  await capture(page, 'models-convert-refused')

  await form.getByRole('radio', { name: /^ONNX file/ }).check()
  await precision.getByRole('button', { name: 'INT8' }).click()
  await expect(choice(form, 'Card')).toBeHidden()
  await choice(form, 'Weights of 7 bits').scrollIntoViewIfNeeded()
  await expect(choice(form, 'Weights of 7 bits').getByRole('button', { pressed: true })).toHaveText('every layer')
  await capture(page, 'models-convert-int8')
  expect(consoleLines).toEqual([])
})

function choice(form: Locator, name: string): Locator {
  return form.getByRole('group', { name, exact: true })
}
