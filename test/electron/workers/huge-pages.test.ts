import { expect, it } from 'vitest'
import { hugePageVariables } from '../../../electron/workers/huge-pages.ts'

it('asks for huge pages where the system gives them to whoever comes first', () => {
  expect(hugePageVariables('[always] madvise never', '')).toEqual({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' })
})

it("keeps the user's other tunables", () => {
  expect(hugePageVariables('[always] madvise never', 'glibc.malloc.arena_max=1')).toEqual({
    GLIBC_TUNABLES: 'glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1',
  })
})

it.each([
  ['gives them on request only', 'always [madvise] never', ''],
  ['never gives them', 'always madvise [never]', ''],
  ['has no such setting', '', ''],
  ['has a user who chose', '[always] madvise never', 'glibc.malloc.hugetlb=0'],
])('asks for nothing where the system %s', (_, setting, own) => {
  expect(hugePageVariables(setting, own)).toEqual({})
})
