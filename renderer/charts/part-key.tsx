// What the shades under a chart stand for, in neutral ink: one line, where the data has no room for its own labels.
import { partShade } from './part-shade.ts'

export interface PartKeyItem {
  readonly name: string
  readonly shade: number
  readonly hollow: boolean
}

export function PartKey({
  items,
  children,
}: {
  readonly items: readonly PartKeyItem[]
  readonly children?: React.ReactNode
}) {
  return (
    <p className="part-key micro quiet">
      {items.map(({ name, shade, hollow }) => (
        <span key={name}>
          <i className={hollow ? 'hollow' : undefined} style={hollow ? undefined : { opacity: partShade(shade) }} />{' '}
          {name}
        </span>
      ))}
      {children}
    </p>
  )
}
