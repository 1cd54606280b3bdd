// A button with its keyboard shortcut drawn inside it. The accessible name is only the words.
interface ButtonProps {
  readonly children: React.ReactNode
  readonly onClick: () => void
  readonly kind?: 'normal' | 'primary' | 'plain'
  readonly tall?: boolean
  readonly shortcut?: string | undefined
  readonly disabled?: boolean
  readonly title?: string | undefined
  /** For a button that opens or closes what follows it. */
  readonly expanded?: boolean
}

export function Button(props: ButtonProps) {
  const { children, onClick, kind = 'normal', tall = false, shortcut, disabled, title, expanded } = props
  const className = ['button', kind === 'normal' ? '' : kind, tall ? 'tall' : ''].filter(Boolean).join(' ')
  return (
    <button
      type="button"
      className={className}
      onClick={onClick}
      disabled={disabled}
      title={title}
      aria-expanded={expanded}
    >
      {children}
      {shortcut && <kbd data-key={shortcut} />}
    </button>
  )
}
