// The formats of a comparison, besides the command line's own text.
import { comparisonBmf } from './comparison-bmf.ts'
import type { ComparisonFormat } from './comparison-format.ts'
import { comparisonJson } from './comparison-json.ts'
import { comparisonJunit } from './comparison-junit.ts'
import { comparisonMarkdown } from './comparison-markdown.ts'

export const comparisonFormats = {
  json: comparisonJson,
  md: comparisonMarkdown,
  junit: comparisonJunit,
  bmf: comparisonBmf,
} as const satisfies Record<string, ComparisonFormat>
