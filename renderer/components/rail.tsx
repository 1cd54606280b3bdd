// The left rail: screens with their keys, the latest runs, this machine.
import { Brand } from './brand.tsx'
import { Glyph, type GlyphName } from './glyph.tsx'
import { ScreenIcon, type ScreenName } from './screen-icon.tsx'

interface RailScreen {
  readonly name: ScreenName
  readonly title: string
  readonly digit: number
  readonly href: string
  readonly current: boolean
}

interface RailRun {
  readonly href: string
  readonly title: string
  readonly note: string
  readonly glyph: GlyphName
  readonly current: boolean
}

interface RailProps {
  readonly screens: readonly RailScreen[]
  readonly runs: readonly RailRun[]
  readonly allRunsHref: string
  readonly machine: { readonly name: string; readonly facts: readonly (readonly [string, string])[] } | null
}

export function Rail({ screens, runs, allRunsHref, machine }: RailProps) {
  return (
    <nav className="rail" aria-label="Screens">
      <Brand />
      {screens.map(({ name, title, digit, href, current }) => (
        <a key={name} href={href} aria-current={current ? 'page' : undefined} aria-label={title}>
          <ScreenIcon name={name} />
          {title}
          <span className="digit" aria-hidden="true">
            {digit}
          </span>
        </a>
      ))}
      <h2>Recent runs {runs.length > 0 && <a href={allRunsHref}>all</a>}</h2>
      <div className="recent">
        {runs.length === 0 && <p>None yet</p>}
        {runs.map(({ href, title, note, glyph, current }) => (
          <a key={href} href={href} aria-current={current ? 'page' : undefined}>
            <Glyph name={glyph} size={8} />
            <span>
              {title}
              <small>{note}</small>
            </span>
          </a>
        ))}
      </div>
      {machine && (
        <section className="machine" aria-label="This machine, now">
          <b>{machine.name}</b>
          <dl>
            {machine.facts.map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </nav>
  )
}
