import { expect, test } from 'vitest'
import { electron33Members } from './electron-33-members.ts'
import { importsOf, readText, typescriptFiles } from './source-tree.ts'

const importers = typescriptFiles('electron').filter((file) =>
  importsOf(file).some(({ target }) => target === 'electron'),
)

/** Names imported as values: types vanish. */
function importedValues(text: string): readonly string[] {
  const names = /import\s+\{([^}]*)\}\s+from 'electron'/.exec(text)?.[1] ?? ''
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
}

test('some files use Electron, else this test would see nothing', () => {
  expect(importers.length).toBeGreaterThanOrEqual(4)
})

test('only modules that Electron 33 has are imported', () => {
  const unknown = importers.flatMap((file) =>
    importedValues(readText(file)).filter((name) => !(name in electron33Members)),
  )
  expect(unknown).toEqual([])
})

test('only members that Electron 33 has are used', () => {
  const unknown = importers.flatMap((file) => {
    const text = readText(file)
    return [...importedValues(text), 'webContents'].flatMap((name) => {
      const used = [...text.matchAll(new RegExp(`\\b${name}\\??\\.([A-Za-z]+)`, 'g'))].map((match) => match[1] ?? '')
      return used
        .filter((member) => !electron33Members[name]?.includes(member))
        .map((member) => `${file}: ${name}.${member}`)
    })
  })
  expect([...new Set(unknown)]).toEqual([])
})
