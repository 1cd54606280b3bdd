// The private Python environment: its state, the steps of the running or last installation, and what to do.
import { environments } from '../../../shared/domain/python-environment.ts'
import type { PythonEnvironment, PythonProgress } from '../../../shared/ipc/contract.ts'
import { Button } from '../../components/button.tsx'
import { Glyph, type GlyphName } from '../../components/glyph.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { bytes, duration } from '../../format/quantity.ts'
import { isInstalling, useInstallation, usePythonEnvironments } from '../../state/backends.ts'
import type { EngineEnvironment } from './install-modals.tsx'

interface PythonPanelProps {
  readonly onInstall: (repair: boolean) => void
  readonly onLog: () => void
  readonly onCancel: () => void
  readonly cancelling: boolean
  readonly onRepairEngine: (environment: EngineEnvironment) => void
}

export function PythonPanel({ onInstall, onLog, onCancel, cancelling, onRepairEngine }: PythonPanelProps) {
  const environments = usePythonEnvironments()
  const { progress } = useInstallation()
  const main = environments.data?.find(({ name }) => name === 'main') ?? null
  const installing = isInstalling(progress)
  return (
    <section aria-label="Python environment">
      <div className="panel-head">
        <h2>
          Python environment <small>{main ? environmentWords(main) : ''}</small>
        </h2>
        <span className="grow" />
        <Button kind="plain" onClick={onLog} shortcut="L">
          Log
        </Button>
        {installing ? (
          <Button onClick={onCancel} shortcut="Esc" disabled={cancelling}>
            {cancelling ? 'Cancelling' : 'Cancel installation'}
          </Button>
        ) : (
          main && <EnvironmentButton environment={main} onInstall={onInstall} />
        )}
      </div>
      {environments.error && <RemedyStrip error={errorRecord(environments.error)} />}
      {progress ? <Steps progress={progress} /> : main && <Rest environment={main} />}
      {!progress && main?.error && <RemedyStrip error={main.error} />}
      <EngineEnvironments
        environments={(environments.data ?? []).filter(({ name, state }) => name !== 'main' && state !== 'absent')}
        busy={installing}
        onRepair={onRepairEngine}
      />
    </section>
  )
}

function EnvironmentButton({
  environment,
  onInstall,
}: {
  readonly environment: PythonEnvironment
  readonly onInstall: (repair: boolean) => void
}) {
  if (environment.state === 'absent') return <Button onClick={() => onInstall(false)}>Create environment</Button>
  if (environment.adopted) return null
  return <Button onClick={() => onInstall(true)}>Repair</Button>
}

function Rest({ environment }: { readonly environment: PythonEnvironment }) {
  if (environment.state === 'absent') {
    return (
      <p className="small quiet panel-note">
        PyTorch and ONNX Runtime in Python need a private environment in your data folder. Nothing outside it changes.
        Without it, ONNX Runtime (Node) measures the models that come as ONNX.
      </p>
    )
  }
  return (
    <dl className="facts">
      <dt>Python</dt>
      <dd>{environment.pythonVersion ?? 'unknown'}</dd>
      <dt>Contains</dt>
      <dd>{environment.extras.length > 0 ? environment.extras.join(', ') : 'nothing yet'}</dd>
      <dt>Interpreter</dt>
      <dd className="mono">{environment.interpreter ?? 'not found'}</dd>
    </dl>
  )
}

const glyphs: Readonly<Record<PythonProgress['steps'][number]['state'], GlyphName>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'pass',
  failed: 'fail',
  cancelled: 'stopped',
}

function Steps({ progress }: { readonly progress: PythonProgress }) {
  return (
    <>
      <ol className="steps" aria-label="Installation steps" aria-live="polite">
        {progress.steps.map((step) => (
          <li key={step.name} className={step.state === 'running' ? 'strong' : 'quiet'}>
            <span className={step.state === 'done' ? 'pass' : step.state === 'failed' ? 'fail' : undefined}>
              <Glyph name={glyphs[step.state]} />
            </span>
            <span>
              {step.name}
              {step.detail && <span className="faint">, {step.detail}</span>}
              <span className="visually-hidden"> {step.state}</span>
            </span>
            <span className="faint right">{step.elapsedMs === null ? '' : duration(step.elapsedMs)}</span>
          </li>
        ))}
      </ol>
      {progress.line && progress.outcome === null && <div className="mono faint last-line">{progress.line}</div>}
      {progress.outcome === 'done' && (
        <p className="small quiet panel-note">Installed. Its backends are listed above.</p>
      )}
      {progress.outcome === 'cancelled' && (
        <p className="small quiet panel-note">
          Cancelled. Nothing was left behind; you can create it again at any time.
        </p>
      )}
      {progress.error && <RemedyStrip error={progress.error} />}
    </>
  )
}

interface EngineEnvironmentsProps {
  readonly environments: readonly PythonEnvironment[]
  readonly busy: boolean
  readonly onRepair: (environment: EngineEnvironment) => void
}

/** The engines' own environments: the contents of each, and repairing a broken one. */
function EngineEnvironments({ environments: described, busy, onRepair }: EngineEnvironmentsProps) {
  if (described.length === 0) return null
  return (
    <ul className="engine-environments small" aria-label="Engine environments">
      {described.map((environment) => {
        const { name, error, adopted } = environment
        return (
          <li key={name}>
            <b>{environments[name].title}</b>
            <span className={error ? 'fail' : 'quiet'}>
              in its own environment, {environmentWords(environment)}
              {error && `: ${error.message} ${error.remedy}`}
            </span>
            {name !== 'main' && name !== 'yolo' && !adopted && !busy && (
              <Button kind="plain" onClick={() => onRepair(name)}>
                Repair
              </Button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** The description of a Python environment: owner, size, and whether it works. */
function environmentWords(environment: PythonEnvironment): string {
  if (environment.state === 'absent') return 'not created'
  const size = environment.sizeBytes === null ? '' : `, ${bytes(environment.sizeBytes)}`
  const owner = environment.adopted ? 'your own' : 'managed by Enginebench'
  return `${owner}${size}${environment.state === 'broken' ? ', broken' : ''}`
}
