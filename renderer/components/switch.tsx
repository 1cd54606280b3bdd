// On or off, by its words: pressed is on.
interface SwitchProps {
  readonly on: boolean
  readonly disabled?: boolean
  readonly title?: string | undefined
  readonly onToggle: () => void
  readonly children: React.ReactNode
}

export function Switch({ on, disabled = false, title, onToggle, children }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      className="switch"
      disabled={disabled}
      title={title}
      onClick={onToggle}
    >
      <i aria-hidden="true" />
      {children}
    </button>
  )
}
