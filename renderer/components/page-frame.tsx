// The frame of every screen: the bar above it, its headline, the line of keys below.
import { spotlight } from '@mantine/spotlight'

interface TopBarProps {
  /** From the screen down; the last is here. */
  readonly crumbs: readonly string[]
  readonly children?: React.ReactNode
}

/** Where you are, what is special about it, and the way to everything else. */
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
  /** Follows the statement on its line, quieter. */
  readonly aside?: React.ReactNode
  readonly explanation?: React.ReactNode
  readonly badges?: React.ReactNode
  readonly actions?: React.ReactNode
}

/** The answer of a screen: the number, the sentence that says what it means, and what can be done about it. */
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

/** The bottom line: the keys of the moment. */
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
