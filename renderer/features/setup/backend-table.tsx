// One row per backend: ready, or the reason and the button that helps. A backend that cannot run is greyed, never
// hidden.

import { type BackendId, type BackendStatus, backendLabels, backendRows } from '../../../shared/domain/backend.ts'
import { someCardsOnly } from '../../../shared/domain/backend-cards.ts'
import { type Precision, precisionLabel, precisionSchema } from '../../../shared/domain/precision.ts'
import type { EnvironmentName } from '../../../shared/domain/python-environment.ts'
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { Mark, Swatch } from '../../components/backend-mark.tsx'
import { Button } from '../../components/button.tsx'
import { Glyph } from '../../components/glyph.tsx'
import { needsInstalling, needsMainEnvironment } from './install-modals.tsx'

const precisions: readonly Precision[] = precisionSchema.options

interface BackendTableProps {
  readonly backends: readonly BackendStatus[]
  /** The environment being installed, if one is. */
  readonly installing: EnvironmentName | null
  readonly environments: readonly PythonEnvironment[]
  readonly onInstall: () => void
  readonly onInstallEngine: (backend: BackendId) => void
  readonly onReadLicence: (backend: BackendId) => void
}

export function BackendTable({ backends, installing, environments, ...actions }: BackendTableProps) {
  return (
    <table className="backend-table">
      <caption className="visually-hidden">Backends on this machine</caption>
      <thead>
        <tr>
          <th scope="col">Backend</th>
          <th scope="col">Runs in</th>
          <th scope="col">Loaded version</th>
          <th scope="col">
            <span className="precision-cells">
              {precisions.map((precision) => (
                <span key={precision}>{precisionLabel(precision)}</span>
              ))}
            </span>
          </th>
          <th scope="col">State</th>
          <th scope="col">Why</th>
          <th scope="col">
            <span className="visually-hidden">Remedy</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {backends.map((backend) => (
          <BackendRow
            key={backend.id}
            backend={backend}
            installing={installing !== null && installing === backendRows[backend.id].environment}
            busy={installing !== null}
            installable={needsInstalling(backend, environments)}
            creatable={needsMainEnvironment(backend, environments)}
            {...actions}
          />
        ))}
      </tbody>
    </table>
  )
}

interface BackendRowProps {
  readonly backend: BackendStatus
  readonly installing: boolean
  readonly busy: boolean
  /** Its own environment does not exist yet, and a button can make it. */
  readonly installable: boolean
  /** The main environment does not exist yet, and a button can make it. */
  readonly creatable: boolean
  readonly onInstall: () => void
  readonly onInstallEngine: (backend: BackendId) => void
  readonly onReadLicence: (backend: BackendId) => void
}

function BackendRow(props: BackendRowProps) {
  const { backend, installing, busy, installable, creatable, onInstall, onInstallEngine, onReadLicence } = props
  const { id, available, builder } = backend
  const licensed = !available && backendRows[id].runs === 'ultralytics-module' && backend.licence !== null
  const helped = !busy && (licensed || creatable)
  const shown = (precision: Precision) => available && backend.precisions.includes(precision)
  return (
    <tr aria-label={backendLabels[id]} className={available ? undefined : 'unavailable'}>
      <th scope="row">
        <span className="named">
          <Swatch backend={id} />
          {backendLabels[id]}
        </span>
      </th>
      <td className="quiet">{backend.runsIn === 'python' ? 'Python' : 'built in'}</td>
      <td>{backend.version ?? '–'}</td>
      <td>
        <span className="precision-cells">
          {precisions.map((precision) => (
            <span key={precision} title={shown(precision) ? precisionLabel(precision) : undefined}>
              {shown(precision) ? <Mark backend={id} precision={precision} radius={3.6} /> : <Glyph name="none" />}
            </span>
          ))}
        </span>
      </td>
      <td className="state">
        {available ? (
          <>
            <span className="pass">
              <Glyph name="pass" />
            </span>{' '}
            Ready
          </>
        ) : (
          <>
            <Glyph name={installing ? 'running' : builder?.available ? 'stopped' : 'waiting'} />{' '}
            {installing ? 'Installing' : builder?.available ? 'Builds only' : 'Not ready'}
          </>
        )}
      </td>
      <td className="why">
        {available ? (
          readyWords(backend)
        ) : (
          <>
            {builder?.available && builder.library && <b className="strong">{builder.library}. </b>}
            {backend.reason}
            {backend.remedy && !helped && !(installable && !busy) && <span className="remedy"> {backend.remedy}</span>}
          </>
        )}
      </td>
      <td className="right">
        {helped && licensed && <Button onClick={() => onReadLicence(id)}>Read licence</Button>}
        {installable && !busy && <Button onClick={() => onInstallEngine(id)}>Install</Button>}
        {helped && creatable && <Button onClick={onInstall}>Create environment</Button>}
      </td>
    </tr>
  )
}

function readyWords(status: BackendStatus): string {
  const { id, devices } = status
  const where = devices.length > 0 ? devices.map((device) => device.toUpperCase()).join(', ') : ''
  const { note, runs } = backendRows[id]
  const words = [note, runs === 'nothing' ? '' : where].filter(Boolean).join('; ')
  return [words, someCardsOnly(status)].filter(Boolean).join('. ')
}
