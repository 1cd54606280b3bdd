import { expect, test } from 'vitest'
import { intervalsWords } from '../../../shared/report/figure-text.ts'

test('methods go by the names that readers know, and one that another adds to is said within it', () => {
  const plain = 'wilcoxon-signed-rank, within one launch'
  expect(intervalsWords([plain, `${plain}, Holm-adjusted over 4 comparisons`, plain])).toBe(
    'Wilcoxon signed-rank, within one launch, Holm-adjusted over 4 comparisons',
  )
  expect(intervalsWords(['student-t over 5 launches', 'order-statistic'])).toBe(
    'Student’s t over 5 launches; order-statistic',
  )
})
