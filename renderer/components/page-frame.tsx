// The frame of every screen: the top bar, the headline, the line of keys at the bottom.
import { spotlight } from '@mantine/spotlight'

interface TopBarProps {
  /** Breadcrumbs from the screen down; the last is the current place. */
  readonly crumbs: readonly string[]
  readonly children?: React.ReactNode
}

/** The current place, what is special about it, and links to everything else. */
export function TopBar({ crumbs, children }: TopBarProps) {
  return (
    <header className="bar">
      {crumbs.map((crumb, index) => (
        <span key={crumb} style={{ display: 'contents' }}>
          {index > 0 && <span className="separator">/</span>}
          <span className={index === crumbs.length - 1 ? 'here' : undefined}>{crumb}</span>
        </span>
      ))}
      <span className="grow" />
      {children}
      <button type="button" className="find" onClick={spotlight.open} aria-label="Find a model, run or action">
        Find a model, run or action<kbd>Ctrl K</kbd>
      </button>
    </header>
  )
}

interface PageHeadProps {
  readonly number: React.ReactNode
  /** Under the number: its interval. */
  readonly note?: React.ReactNode
  readonly statement: React.ReactNode
  /** Follows the statement on its line, in a quieter tone. */
  readonly aside?: React.ReactNode
  readonly explanation?: React.ReactNode
  readonly badges?: React.ReactNode
  readonly actions?: React.ReactNode
}

/** The answer of a screen: the number, a sentence that explains it, and possible actions. */
export function PageHead({ number, note, statement, aside, explanation, badges, actions }: PageHeadProps) {
  return (
    <div className="page-head">
      <div>
        <div className="hero">{number}</div>
        {note && <div className="small quiet page-head-note">{note}</div>}
      </div>
      <div className="words">
        <h1 className="statement">
          <b>{statement}</b>
          {aside && <span className="quiet"> {aside}</span>}
        </h1>
        {explanation && <p className="statement quiet">{explanation}</p>}
        {badges && <div className="badges">{badges}</div>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </div>
  )
}

interface KeyLineItem {
  readonly keys: readonly string[]
  readonly label: string
}

interface KeyLineProps {
  readonly items: readonly KeyLineItem[]
  readonly note: string | null
}

/** The bottom line: the keys that work now. */
export function KeyLine({ items, note }: KeyLineProps) {
  return (
    <footer className="key-line">
      {items.map(({ keys, label }) => (
        <span key={keys.join() + label}>
          {keys.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}{' '}
          {label}
        </span>
      ))}
      <span className="grow" />
      {note && <span>{note}</span>}
    </footer>
  )
}
