// The answer of a screen: the number, the sentence that says what it means, and what can be done about it.
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
