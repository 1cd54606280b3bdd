// The keys of the moment: what a screen answers to, shown in the bottom line and bound while the screen is there.
// Combinations are written as `mod+O`, `Enter`, `ArrowUp`; `keys` is how they are drawn.
import { useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import { create } from 'zustand'

export interface ScreenKey {
  readonly keys: readonly string[]
  readonly label: string
  /** Hotkey combination -> what it does. Empty where the focused control answers itself. */
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

/** Keys for as long as the caller is there. While a dialog or the palette is open, keys are theirs. */
export function useWindowKeys(bindings: readonly (readonly [combination: string, act: () => void])[]): void {
  useHotkeys(
    bindings.map(([combination, act]) => [
      combination,
      () => document.querySelector('[role="dialog"]') ?? act(),
      // A focused button still answers to its own Enter.
      { preventDefault: combination !== 'enter' },
    ]),
    ['INPUT', 'TEXTAREA', 'SELECT'],
  )
}
