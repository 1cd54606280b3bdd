// Markup that always escapes: every value put into the template is text, unless it is markup itself.
import { visibleText } from '../domain/visible-text.ts'

export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Markup | readonly Markup[]

export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    literals.map((literal, index) => literal + (index < parts.length ? partText(parts[index] ?? '') : '')).join(''),
  )
}

export const nothing = new Markup('')

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => replacements[character] ?? character)
}

function partText(part: Part): string {
  if (part instanceof Markup) return part.text
  if (typeof part === 'number') return String(Number(part.toFixed(2)))
  return typeof part === 'string' ? escaped(part) : part.map(({ text }) => text).join('\n')
}
