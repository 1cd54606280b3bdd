// Where you are, what is special about it, and the way to everything else.
import { spotlight } from '@mantine/spotlight'

interface TopBarProps {
  /** From the screen down; the last is here. */
  readonly crumbs: readonly string[]
  readonly children?: React.ReactNode
}

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
      <button type="button" className="find" onClick={spotlight.open} aria-label="Find model, run, action">
        Find model, run, action<kbd>Ctrl K</kbd>
      </button>
    </header>
  )
}
