// The keys that work now: what a screen responds to, shown in the bottom line and bound while the screen is mounted.
// Combinations are written `mod+O`, `Enter`, `ArrowUp`; `keys` is how they are drawn.
import { useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import { create } from 'zustand'

export interface ScreenKey {
  readonly keys: readonly string[]
  readonly label: string
  /** Hotkey combination -> action. Empty if the focused control handles it. */
  readonly bindings: Readonly<Record<string, () => void>>
}

export const useScreenKeyLine = create<{ readonly keys: readonly ScreenKey[] }>(() => ({ keys: [] }))

export function useScreenKeys(keys: readonly ScreenKey[]): void {
  const drawn = keys.map((key) => `${key.keys.join('')} ${key.label}`).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line changes when what it says does, not with every render
  useEffect(() => {
    useScreenKeyLine.setState({ keys })
    return () => useScreenKeyLine.setState({ keys: [] })
  }, [drawn])
  useWindowKeys(keys.flatMap(({ bindings }) => Object.entries(bindings)))
}

/** Bindings of two keys that move back and forth: `ArrowUp` and `ArrowDown`. */
export function arrowKeys(back: string, forth: string, move: (by: 1 | -1) => void): ScreenKey['bindings'] {
  return Object.fromEntries([
    [back, () => move(-1)],
    [forth, () => move(1)],
  ])
}

/** Keys while the caller is mounted. While a dialog or the palette is open, it gets the keys instead. */
export function useWindowKeys(bindings: readonly (readonly [combination: string, act: () => void])[]): void {
  useHotkeys(
    bindings.map(([combination, act]) => [
      combination,
      () => document.querySelector('[role="dialog"]') ?? act(),
      // A focused button still handles Enter itself.
      { preventDefault: combination !== 'enter' },
    ]),
    ['INPUT', 'TEXTAREA', 'SELECT'],
  )
}
