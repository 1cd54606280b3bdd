// What cannot be listed, each with what is wrong and what helps, and the strip that brings the last removal back.
import type { UnreadableKind } from '../../../shared/domain/unreadable-entry.ts'
import { capitalized, countText } from '../../../shared/report/figure-text.ts'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { useRemoved, useRemoveUnreadable, useUndoRemoval, useUnreadable } from '../../state/removals.ts'

const nouns: Readonly<Record<UnreadableKind, readonly [string, string]>> = {
  run: ['run', 'runs'],
  artifact: ['artifact', 'artifacts'],
  conversion: ['conversion', 'conversions'],
  'noise-floor': ['noise floor', 'noise floors'],
}

const mostShown = 20

interface UnreadableListProps {
  readonly kinds: readonly UnreadableKind[]
}

export function UnreadableList({ kinds }: UnreadableListProps) {
  const unreadable = useUnreadable(...kinds)
  const remove = useRemoveUnreadable()
  const error = unreadable.error ?? remove.error
  return (
    <>
      {error && <RemedyStrip error={errorRecord(error)} />}
      {kinds.map((kind) => {
        const entries = (unreadable.data ?? []).filter((entry) => entry.kind === kind)
        if (entries.length === 0) return null
        const [one, many] = nouns[kind]
        return (
          <section key={kind} className="unreadable" aria-label={`${capitalized(many)} that cannot be read`}>
            <h2>
              {countText(entries.length)} {entries.length === 1 ? one : many} cannot be read
            </h2>
            {entries.slice(0, mostShown).map(({ path, problem }) => (
              <RemedyStrip key={path} error={problem} tone="warn">
                <Button
                  kind="plain"
                  disabled={remove.isPending}
                  onClick={() => remove.mutate(path)}
                  title={`Moves ${path} to the trash folder of the data folder, or takes a folder elsewhere off the list`}
                >
                  Remove
                </Button>
              </RemedyStrip>
            ))}
            {entries.length > mostShown && (
              <p className="small quiet">{countText(entries.length - mostShown)} more are not shown.</p>
            )}
          </section>
        )
      })}
    </>
  )
}

/** Offers to undo the last removal of whatever kind. */
export function UndoStrip() {
  const { removed } = useRemoved()
  const undo = useUndoRemoval()
  if (undo.error) return <RemedyStrip error={errorRecord(undo.error)} />
  if (removed === null) return null
  return (
    <div className="strip undo" role="status">
      <div>
        <b>Removed {removed.name}.</b> <span className="quiet">Its files are kept.</span>
      </div>
      <Button onClick={() => undo.mutate(removed.removal)} disabled={undo.isPending}>
        Undo
      </Button>
    </div>
  )
}
