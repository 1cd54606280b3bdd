// What failed and the buttons that help, the first to be pressed. Code and stage for a bug report.
import { Button } from '../../components/button.tsx'
import type { Fix, Trouble } from './remedies.ts'

interface TroubleStripProps {
  readonly trouble: Trouble
  readonly chosen: boolean
  readonly busy: boolean
  readonly onFix: (fix: Fix) => void
  readonly onLog: (() => void) | null
}

export function TroubleStrip({ trouble, chosen, busy, onFix, onLog }: TroubleStripProps) {
  return (
    <div
      className={trouble.isOwnDoing ? 'strip trouble' : 'strip fail trouble'}
      role={trouble.isOwnDoing ? 'status' : 'alert'}
    >
      <div>
        <b>{trouble.message}</b>{' '}
        <span className="quiet">
          {trouble.remedy} Stage: {trouble.stage}.
          {trouble.code && (
            <>
              {' '}
              Code: <span className="mono">{trouble.code}</span>
            </>
          )}
        </span>
        {trouble.cause && <div className="mono faint trouble-cause">{trouble.cause}</div>}
      </div>
      <div className="trouble-fixes">
        {trouble.fixes.map((fix, index) => (
          <Button
            key={fix.label}
            kind={index === 0 ? 'primary' : fix.kind === 'dismiss' || fix.kind === 'remove' ? 'plain' : 'normal'}
            shortcut={index === 0 && chosen ? '↵' : undefined}
            disabled={busy}
            onClick={() => onFix(fix)}
          >
            {fix.label}
          </Button>
        ))}
        <span className="grow" />
        {onLog && (
          <Button kind="plain" onClick={onLog} shortcut={chosen ? 'L' : undefined}>
            Log
          </Button>
        )}
      </div>
    </div>
  )
}
