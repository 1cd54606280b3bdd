// `npm run architecture`: prints the numbers that limit the structure of the sources. The tests in test/architecture
// use the same functions. ARCHITECTURE.md explains the numbers.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { repositoryFolder } from './folders.mjs'

const workerPackage = 'enginebench_worker'
const workerParent = 'electron/python'

/** Tracked files and untracked files that git does not ignore; relative to the repository, with forward slashes. */
export function repositoryFiles() {
  const listed = git(['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(repositoryFolder, file)))
}

/** TypeScript, JavaScript and Python of the application and its scripts. */
export function sourceFiles() {
  return repositoryFiles().filter(
    (file) =>
      /^(shared|electron|renderer|scripts)\/.*\.(ts|tsx|mjs|py)$/.test(file) && !/\/(fixtures|golden)\//.test(file),
  )
}

export function readText(file) {
  return readFileSync(join(repositoryFolder, file), 'utf8')
}

/**
 * Everything that a TypeScript or JavaScript file imports or re-exports, types included.
 *
 * @returns `{ target, isPackage }[]`: `target` is `electron/turns.ts` for a file of this repository, `execa` or
 * `node:fs` for a package
 */
export function importsOf(file) {
  const text = readText(file)
  const { module } = parseSync(file, text)
  const statements = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ]
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const quoted = /^['"](.*)['"]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))
    return quoted?.[1] ?? []
  })
  return [...new Set([...statements, ...dynamic])].map((target) =>
    target.startsWith('.')
      ? { target: normalize(join(dirname(file), target)), isPackage: false }
      : { target, isPackage: true },
  )
}

/** Files of the worker's package that a Python file imports. */
function pythonImportsOf(file) {
  const statements = readText(file).matchAll(
    new RegExp(`^\\s*from (${workerPackage}[\\w.]*) import \\(?([^)]*?)\\)?$`, 'gm'),
  )
  return [...statements].flatMap(([, name, names]) => {
    const folder = `${workerParent}/${name.replaceAll('.', '/')}`
    return [
      `${folder}.py`,
      `${folder}/__init__.py`,
      ...names.split(',').map((each) => `${folder}/${each.trim().split(' ')[0]}.py`),
    ]
  })
}

/** `{ file, isBoundary }[]`: the numbered list in ARCHITECTURE.md of the files that one click on Run crosses. */
export function readingPath() {
  const text = readText('ARCHITECTURE.md')
  const list = /<!-- reading path -->([\s\S]*?)<!-- end of reading path -->/.exec(text)?.[1] ?? ''
  return [...list.matchAll(/^\d+\. `([^`]+)`(.*)$/gm)].map(([, file, words]) => ({
    file,
    isBoundary: words.includes('**process**'),
  }))
}

/** Faults of the reading path: a missing file, or one that no earlier file of the path imports. */
export function readingPathProblems() {
  const reached = new Set()
  return readingPath().flatMap(({ file, isBoundary }) => {
    if (!existsSync(join(repositoryFolder, file))) return [`${file}: not found`]
    const isReached = isBoundary || reached.has(file)
    const imported = file.endsWith('.py') ? pythonImportsOf(file) : importsOf(file).map(({ target }) => target)
    for (const target of imported) reached.add(target)
    return isReached ? [] : [`${file}: no earlier file of the path imports it, and it starts no process`]
  })
}

/** Imports of TypeScript and JavaScript that are part of a cycle, as `file:line`. Type imports count. */
export function cyclicImports() {
  const { output } = tool('biome', ['lint', '--only=suspicious/noImportCycles', '--reporter=github', '.'])
  return output
    .split('\n')
    .filter((line) => line.includes('noImportCycles'))
    .map((line) => /file=([^,]+),line=(\d+)/.exec(line))
    .map((found) => `${ofRepository(found?.[1] ?? '')}:${found?.[2]}`)
}

export function lengths() {
  return sourceFiles()
    .map((file) => ({ file, lines: readText(file).trimEnd().split('\n').length }))
    .sort((left, right) => right.lines - left.lines)
}

/** Pairs of places with ten or more equal lines, as text. Golden and generated files do not count. */
export function repeats() {
  const folder = mkdtempSync(join(tmpdir(), 'enginebench-repeats-'))
  try {
    const ignored = ['**/golden/**', '**/fixtures/**', ...generatedFiles().map((file) => `**/${file}`)]
    const { code, output } = tool('jscpd', [
      ...['--min-lines', '10', '--min-tokens', '50', '--format', 'typescript,tsx,javascript,python'],
      ...['--ignore', ignored.join(','), '--reporters', 'json', '--output', folder, '--silent', '--absolute'],
      ...['shared', 'electron', 'renderer', 'scripts'],
    ])
    if (code !== 0) throw new Error(output)
    const { duplicates } = JSON.parse(readFileSync(join(folder, 'jscpd-report.json'), 'utf8'))
    return duplicates.map(
      ({ lines, firstFile, secondFile }) =>
        `${lines} lines: ${ofRepository(firstFile.name)}:${firstFile.start} and ${ofRepository(secondFile.name)}:${secondFile.start}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function generatedFiles() {
  return sourceFiles().filter((file) => /^Generated from .* do not edit/m.test(readText(file)))
}

function ofRepository(file) {
  return relative(repositoryFolder, resolve(repositoryFolder, file))
}

function git(args) {
  return execFileSync('git', args, { cwd: repositoryFolder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

function tool(name, args) {
  try {
    const output = execFileSync(join(repositoryFolder, 'node_modules', '.bin', name), args, {
      cwd: repositoryFolder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { code: 0, output }
  } catch (error) {
    if (typeof error.status !== 'number') throw error
    return { code: error.status, output: `${error.stdout}${error.stderr}` }
  }
}

function report() {
  const files = lengths()
  const [longest] = files
  const found = { cycles: cyclicImports(), repeats: repeats(), path: readingPathProblems() }
  console.log(`Files that one click on Run crosses: ${readingPath().length}`)
  console.log(`Imports in cycles: ${found.cycles.length}`)
  console.log(`Source files: ${files.length}`)
  console.log(`Longest source file: ${longest.lines} lines (${longest.file})`)
  console.log(`Pairs of places that repeat ten lines or more: ${found.repeats.length}`)
  for (const line of Object.values(found).flat()) console.log(`  ${line}`)
}

if (process.argv[1] === import.meta.filename) report()
