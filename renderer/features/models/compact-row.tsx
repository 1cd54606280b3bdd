// A model without a conversion: one line, one button. Convert starts at once with the defaults that stand beside it.
import { Button } from '../../components/button.tsx'
import type { ModelEntry } from './model-entries.ts'
import { shortFacts } from './model-facts.ts'
import type { RowActions } from './row-actions.ts'

interface CompactRowProps {
  readonly entry: ModelEntry
  readonly chosen: boolean
  /** Why it cannot be converted yet; null when it can. */
  readonly obstacle: string | null
  /** What one click converts to: `TensorRT 11.4, FP16`; null while that is being found out. */
  readonly offer: string | null
  readonly actions: RowActions
  readonly onChoose: () => void
}

export function CompactRow({ entry, chosen, obstacle, offer, actions, onChoose }: CompactRowProps) {
  const { name, manifest } = entry
  return (
    <li className="compact-row small" data-chosen={chosen || undefined}>
      <button
        type="button"
        className="track-target"
        aria-pressed={chosen}
        aria-label={name}
        ref={(element) => {
          if (chosen) element?.scrollIntoView({ block: 'nearest' })
        }}
        onClick={onChoose}
      />
      <b>{name}</b>
      <span className="quiet">
        {manifest ? shortFacts(manifest) : 'no longer known here'}
        {obstacle && <span className="warn">, {obstacle}</span>}
      </span>
      {manifest && !obstacle && (
        <>
          <span className="faint">{offer ?? 'asking the backends'}</span>
          <Button
            kind="plain"
            onClick={() => actions.addPrecision(entry)}
            shortcut={chosen ? 'A' : undefined}
            disabled={offer === null}
          >
            Options
          </Button>
          <Button
            kind={chosen ? 'primary' : 'normal'}
            onClick={() => actions.convert(entry)}
            shortcut={chosen ? '↵' : undefined}
            disabled={actions.busy || offer === null}
          >
            Convert
          </Button>
        </>
      )}
      {obstacle && (
        <Button onClick={actions.openSetup} shortcut={chosen ? '↵' : undefined}>
          Open Setup
        </Button>
      )}
    </li>
  )
}
