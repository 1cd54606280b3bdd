// The left rail: screens with their keys, the latest runs, this machine.
import { Glyph, type GlyphName } from './glyph.tsx'

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

/** The mark: three bars, each a little shorter. */
function Brand() {
  return (
    <div className="brand">
      <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
        <rect x="1" y="2" width="14" height="2.6" />
        <rect x="1" y="6.7" width="9" height="2.6" opacity="0.62" />
        <rect x="1" y="11.4" width="5" height="2.6" opacity="0.36" />
      </svg>
      Enginebench
    </div>
  )
}

/** One line drawing per screen, 14 by 14. */
export type ScreenName = 'setup' | 'models' | 'benchmark' | 'results' | 'compare' | 'decide' | 'report'

const drawings: Readonly<Record<ScreenName, React.ReactNode>> = {
  setup: (
    <>
      <rect x="1.5" y="2.5" width="11" height="7" rx="1" />
      <path d="M5 12h4" />
    </>
  ),
  models: <path d="M7 1.500l5 2.800v5.400l-5 2.800-5-2.800V4.300zM2 4.300l5 2.800 5-2.800M7 7.100v5.400" />,
  benchmark: (
    <>
      <circle cx="7" cy="7.800" r="4.900" />
      <path d="M7 7.800V5M5.500 1.300h3" />
    </>
  ),
  results: <path d="M1.500 1.500v11M1.500 3.500h10M1.500 7h6.500M1.500 10.500h4" />,
  compare: <path d="M4 1.500v11M10 1.500v11M2 4.500h4M8 9.500h4" />,
  decide: <path d="M1.500 1.500v11h11M3.500 10.500c1-5 3.500-7 8-7.500" />,
  report: <path d="M3 1.500h5.500L11 4v8.500H3zM5 7h4M5 9.500h4" />,
}

function ScreenIcon({ name }: { readonly name: ScreenName }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {drawings[name]}
    </svg>
  )
}
