import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const repository = join(import.meta.dirname, '../..')
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: repository, encoding: 'utf8' }).trim().split('\n')

it.each(pages)('%s links only to files that are there', (page) => {
  const text = readFileSync(join(repository, page), 'utf8')
  const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? '')
  const local = targets.filter((target) => !/^[a-z]+:/.test(target))
  expect(local.filter((target) => !existsSync(join(repository, dirname(page), target)))).toEqual([])
})

it('documents only npm scripts that exist', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).scripts)
  const named = pages.flatMap((page) =>
    [...readFileSync(join(repository, page), 'utf8').matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? ''),
  )
  expect([...new Set(named)].filter((name) => !scripts.includes(name))).toEqual([])
})
