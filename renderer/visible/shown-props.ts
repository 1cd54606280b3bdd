import { visibleText } from '../../shared/domain/visible-text.ts'

/** Attributes that are read: by eye, as a tooltip, or aloud. */
const readNames = ['title', 'label', 'alt', 'placeholder', 'aria-label', 'aria-description'] as const

/** The same object if nothing in it had to be escaped, as almost always. */
export function shownProps<Props>(props: Props): Props {
  if (typeof props !== 'object' || props === null) return props
  const changes: Record<string, unknown> = {}
  for (const name of ['children', ...readNames]) {
    const value: unknown = Reflect.get(props, name)
    const shown = shownValue(value)
    if (shown !== value) changes[name] = shown
  }
  return Object.keys(changes).length === 0 ? props : { ...props, ...changes }
}

function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value)
  if (!Array.isArray(value)) return value
  const shown = value.map((each: unknown) => (typeof each === 'string' ? visibleText(each) : each))
  return shown.some((each, index) => each !== value[index]) ? shown : value
}
