// One row of the plan: what is chosen, and the choices.
interface PlanRowProps {
  readonly title: string
  readonly note?: string
  /** The control that the title names, where there is one. */
  readonly forId?: string
  readonly children: React.ReactNode
}

export function PlanRow({ title, note, forId, children }: PlanRowProps) {
  return (
    <div className="plan-row">
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
      <div className="plan-choices">{children}</div>
    </div>
  )
}
