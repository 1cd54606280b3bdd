// The bottom line: the keys of the moment.
interface KeyLineItem {
  readonly keys: readonly string[]
  readonly label: string
}

interface KeyLineProps {
  readonly items: readonly KeyLineItem[]
  readonly note: string | null
}

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
