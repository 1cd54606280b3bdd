import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markup } from '../../../shared/report/markup.ts'

describe('markup', () => {
  it('escapes text and keeps markup', () => {
    const inner = markup`<b>${'<script>'}</b>`
    expect(markup`<p title="${'"&\''}">${inner}${[inner, inner]}${1.23456}</p>`.text).toBe(
      '<p title="&quot;&amp;&#39;"><b>&lt;script&gt;</b><b>&lt;script&gt;</b>\n<b>&lt;script&gt;</b>1.23</p>',
    )
  })

  it('lets no text open a tag or leave an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(markup`${text}`.text).not.toMatch(/[<>"']/)
      }),
    )
  })
})
