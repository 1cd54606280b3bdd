// Whether every tag of a page is closed in order; answers with what is wrong. Knows the void elements that pages here use.
const voidElements = new Set(['meta', 'col'])

export function wellFormed(html: string): readonly string[] {
  const problems: string[] = []
  const open: string[] = []
  const withoutStyle = html.replace(/<style>.*?<\/style>/s, '')
  for (const [tag, closing, name = '', rest = ''] of withoutStyle.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*\s*\/?)>/g,
  )) {
    if (closing === '/') {
      const last = open.pop()
      if (last !== name) problems.push(`${tag} closes <${last}>`)
    } else if (!rest.endsWith('/') && !voidElements.has(name)) open.push(name)
  }
  const left = withoutStyle
    .replace(/<!doctype html>/i, '')
    .replace(/<\/?[a-zA-Z][\w-]*(?:\s+[\w:-]+(?:="[^"<>]*")?)*\s*\/?>/g, '')
  if (/[<>]/.test(left))
    problems.push(`stray angle bracket near ${left.slice(Math.max(0, left.search(/[<>]/) - 30)).slice(0, 60)}`)
  return [...problems, ...open.map((name) => `<${name}> is never closed`)]
}
