import { expect, test } from 'vitest'
import { type Area, areas, bridgeReaders, debt, electronImporters } from './import-rules.ts'
import { importsOf, packageName, readText, typescriptFiles } from './source-tree.ts'

const files = ['shared', 'electron', 'renderer'].flatMap(typescriptFiles)
const areaOf = (file: string): Area | undefined => areas.find(({ prefix }) => file.startsWith(prefix))
const isDebt = (from: string, to: string) => debt.some((entry) => entry.from === from && entry.to === to)

function brokenRules(): readonly { readonly from: string; readonly to: string }[] {
  return files.flatMap((from) => {
    const area = areaOf(from)
    return importsOf(from)
      .filter(({ target, isPackage }) => !isAllowed(area, target, isPackage))
      .map(({ target }) => ({ from, to: target }))
  })
}

function isAllowed(area: Area | undefined, target: string, isPackage: boolean): boolean {
  if (!area) return false
  if (isPackage) return area.packages === undefined || area.packages.includes(packageName(target))
  return [area.prefix, ...area.mayImport].some((prefix) => target.startsWith(prefix))
}

test('there are sources to hold to the rules, and every import in them is seen', () => {
  expect(files.length).toBeGreaterThan(100)
  const statements = files.flatMap((file) => readText(file).match(/\bfrom '/g) ?? []).length
  expect(files.flatMap(importsOf).length).toBeGreaterThanOrEqual(statements)
})

test('every file imports only what its area may import', () => {
  expect(brokenRules().filter(({ from, to }) => !isDebt(from, to))).toEqual([])
})

test('no debt is listed that has been paid', () => {
  const broken = brokenRules()
  expect(debt.filter((entry) => !broken.some(({ from, to }) => from === entry.from && to === entry.to))).toEqual([])
})

test('electron is imported by the window’s own files alone', () => {
  const importers = files.filter((file) => importsOf(file).some(({ target }) => target === 'electron'))
  expect(importers.filter((file) => !electronImporters.some((pattern) => pattern.test(file)))).toEqual([])
})

test('shared is pure: it reaches for no clock, randomness, process or page', () => {
  const impure =
    /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.|globalThis|window\.|document\.|setTimeout|fetch\()/
  expect(typescriptFiles('shared').filter((file) => impure.test(withoutComments(readText(file))))).toEqual([])
})

test('the renderer uses nothing of Node', () => {
  const offenders = typescriptFiles('renderer').filter((file) =>
    importsOf(file).some(({ target }) => target.startsWith('node:') || target === 'electron'),
  )
  expect(offenders).toEqual([])
})

test('window.enginebench is read in one place', () => {
  const readers = typescriptFiles('renderer').filter((file) =>
    /\bwindow\.enginebench\b/.test(withoutComments(readText(file))),
  )
  expect(readers).toEqual(bridgeReaders)
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}
