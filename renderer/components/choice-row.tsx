// One row of a form: what is chosen, and the choices.
interface ChoiceRowProps {
  readonly title: string
  readonly note?: string
  /** The control that the title names, where there is one. */
  readonly forId?: string
  readonly children: React.ReactNode
}

export function ChoiceRow({ title, note, forId, children }: ChoiceRowProps) {
  return (
    <div className="choice-row">
      <div>
        {forId ? (
          <label htmlFor={forId} className="strong">
            {title}
          </label>
        ) : (
          <span className="strong">{title}</span>
        )}
        {note && <small className="faint">{note}</small>}
      </div>
      <div className="choices">{children}</div>
    </div>
  )
}
