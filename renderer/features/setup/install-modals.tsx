// The dialogs of Setup: installing PyTorch or an engine, reading a licence, the installer's log.

import { Modal } from '@mantine/core'
import { useState } from 'react'
import { type BackendId, type BackendStatus, backendLabels, backendRows } from '../../../shared/domain/backend.ts'
import {
  defaultTensorrtVersion,
  type EnvironmentName,
  environments,
  offeredTensorrtVersions,
  type TensorrtChoice,
  tensorrtChoiceSchema,
} from '../../../shared/domain/python-environment.ts'
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, Segments } from '../../components/form-fields.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { bytes } from '../../format/quantity.ts'
import { type InstallChoice, useInstallation, useLicence, useTorchOffer } from '../../state/backends.ts'

interface InstallModalProps {
  readonly repair: boolean
  readonly onClose: () => void
  readonly onInstall: (torchSource: string | null) => void
}

/** Shown before the download: which torch, how large, from where; the user can choose the source. */
export function InstallModal({ repair, onClose, onInstall }: InstallModalProps) {
  const [typed, setTyped] = useState('')
  const [source, setSource] = useState<string | null>(null)
  const offer = useTorchOffer(source, true)
  const pending = (typed.trim() || null) !== source
  return (
    <Modal
      opened
      onClose={onClose}
      title={repair ? 'Repair the Python environment' : 'Create the Python environment'}
      size="lg"
    >
      <p className="quiet">
        {repair
          ? 'A new environment is built next to the old one and replaces it when complete.'
          : 'PyTorch, ONNX and ONNX Runtime are installed in a private environment in your data folder. Nothing else on this machine changes.'}
      </p>
      <dl className="facts offer" aria-live="polite" aria-busy={offer.isFetching}>
        <dt>PyTorch</dt>
        <dd>{offer.data ? offer.data.version : offer.isFetching ? 'asking' : '–'}</dd>
        <dt>Download</dt>
        <dd>{offer.data ? sizeWords(offer.data.sizeBytes) : '–'}</dd>
        <dt>From</dt>
        <dd>{offer.data?.source ?? '–'}</dd>
        <dt>File</dt>
        <dd className="mono">{offer.data?.file ?? '–'}</dd>
      </dl>
      <form
        className="form-row"
        onSubmit={(event) => {
          event.preventDefault()
          setSource(typed.trim() || null)
        }}
      >
        <label htmlFor="torch-source" className="small quiet">
          PyTorch source
        </label>
        <input
          id="torch-source"
          className="field wide"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder="index URL or folder of wheels; leave empty to use pip's configuration"
        />
        <button type="submit" className="button" disabled={!pending}>
          Check this source
        </button>
      </form>
      {offer.error && <RemedyStrip error={errorRecord(offer.error)} />}
      <div className="form-actions">
        <Button onClick={onClose}>Not now</Button>
        <Button
          kind="primary"
          onClick={() => onInstall(source)}
          disabled={pending || offer.isFetching || offer.isError}
        >
          {repair ? 'Repair' : 'Install'}
          {offer.data?.sizeBytes ? ` · ${bytes(offer.data.sizeBytes)}` : ''}
        </Button>
      </div>
    </Modal>
  )
}

function sizeWords(sizeBytes: number | null): string {
  return sizeBytes === null ? 'size unknown: the source does not report it' : bytes(sizeBytes)
}

interface EngineModalProps {
  readonly environment: EngineEnvironment
  readonly repair: boolean
  /** Name of the licence that must be accepted first; null if there is none. */
  readonly licence: string | null
  readonly onClose: () => void
  readonly onReadLicence: (choice: InstallChoice) => void
  readonly onInstall: (choice: InstallChoice) => void
}

const cudas = tensorrtChoiceSchema.shape.cuda.options

/**
 * Shown before an engine's own environment is made: its contents, the version if there is a choice, and its licence.
 */
export function EngineModal({ environment, repair, licence, onClose, onReadLicence, onInstall }: EngineModalProps) {
  const [tensorrt, setTensorrt] = useState<TensorrtChoice>({ version: defaultTensorrtVersion, cuda: 'cu13' })
  const isChosen = environments[environment].tensorrt === 'chosen'
  const choice: InstallChoice = {
    environment,
    ...(isChosen ? { tensorrt } : {}),
    torchSource: null,
    acceptedLicences: [],
    repair,
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${repair ? 'Repair' : 'Install'} ${environments[environment].title}`}
      size="lg"
    >
      <p className="quiet">{environments[environment].offer}</p>
      <p className="quiet small panel-note">
        It is installed in a private environment in your data folder. Nothing else on this machine changes.
      </p>
      {isChosen && (
        <div className="engine-choices">
          <ChoiceRow title="Version" note="an engine built with one does not load in the other">
            <Segments
              label="TensorRT version"
              value={tensorrt.version}
              segments={offeredTensorrtVersions.toReversed().map((version) => ({ value: version, label: version }))}
              onChange={(version) => setTensorrt({ ...tensorrt, version })}
            />
          </ChoiceRow>
          <ChoiceRow title="CUDA" note="13 needs driver 580 or later">
            <Segments
              label="CUDA version"
              value={tensorrt.cuda}
              segments={[...cudas].reverse().map((cuda) => ({ value: cuda, label: cuda.replace('cu', 'CUDA ') }))}
              onChange={(cuda) => setTensorrt({ ...tensorrt, cuda })}
            />
          </ChoiceRow>
        </div>
      )}
      <div className="form-actions">
        <Button onClick={onClose}>Not now</Button>
        {licence === null ? (
          <Button kind="primary" onClick={() => onInstall(choice)}>
            {repair ? 'Repair' : 'Install'}
          </Button>
        ) : (
          <Button kind="primary" onClick={() => onReadLicence(choice)}>
            Read licence
          </Button>
        )}
      </div>
    </Modal>
  )
}

interface LicenceModalProps {
  readonly backend: BackendId
  readonly onClose: () => void
  readonly onAccept: (spdx: string) => void
}

/**
 * A licence that the user must read and accept before its software is installed. The accept control is enabled at the
 * end of the text.
 */
export function LicenceModal({ backend, onClose, onAccept }: LicenceModalProps) {
  const licence = useLicence(backend, true)
  const [readToEnd, setReadToEnd] = useState(false)
  const [accepted, setAccepted] = useState(false)
  const watch = (element: HTMLElement | null) => {
    if (element && element.scrollTop + element.clientHeight >= element.scrollHeight - 8) setReadToEnd(true)
  }
  return (
    <Modal opened onClose={onClose} title={licence.data?.title ?? `Licence of ${backendLabels[backend]}`} size="xl">
      <p className="quiet">
        {backendLabels[backend]} is not part of Enginebench. It is installed only if you accept its licence
        {licence.data ? ` (${licence.data.spdx})` : ''}, in its own environment.
      </p>
      {licence.error && <RemedyStrip error={errorRecord(licence.error)} />}
      {licence.data && (
        <section
          className="licence-text mono"
          aria-label="Licence text"
          ref={watch}
          onScroll={(event) => watch(event.currentTarget)}
        >
          {licence.data.text}
        </section>
      )}
      <div className="form-row">
        <label className="small">
          <input
            type="checkbox"
            checked={accepted}
            disabled={!readToEnd}
            onChange={(event) => setAccepted(event.target.checked)}
          />
          I have read and accept this licence{readToEnd ? '' : ' (scroll to the end first)'}
        </label>
      </div>
      <div className="form-actions">
        <Button onClick={onClose}>Decline</Button>
        <Button
          kind="primary"
          disabled={!accepted || !licence.data}
          onClick={() => licence.data && onAccept(licence.data.spdx)}
        >
          Accept and install
        </Button>
      </div>
    </Modal>
  )
}

/** The installer's own lines, newest last. */
export function LogModal({ onClose }: { readonly onClose: () => void }) {
  const { log } = useInstallation()
  return (
    <Modal opened onClose={onClose} title="Installation log" size="xl">
      {log.length === 0 ? (
        <p className="quiet">Nothing has been installed since this window opened.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard
        <pre className="log-text mono" tabIndex={0}>
          {log.join('\n')}
        </pre>
      )}
    </Modal>
  )
}

/** The environments that backends run in, and whether a button can make a backend's environment. */
export type EngineEnvironment = Exclude<EnvironmentName, 'main' | 'yolo'>

export function engineEnvironmentOf(backend: BackendId): EngineEnvironment | null {
  const name = backendRows[backend].environment
  return name === null || name === 'main' || name === 'yolo' ? null : name
}

export function needsInstalling(backend: BackendStatus, described: readonly PythonEnvironment[]): boolean {
  const name = engineEnvironmentOf(backend.id)
  const state = described.find((each) => each.name === name)?.state
  return name !== null && (state === 'absent' || state === 'broken')
}

/** Its backend runs in the main environment, and a button that makes that environment helps. */
export function needsMainEnvironment(backend: BackendStatus, described: readonly PythonEnvironment[]): boolean {
  if (backend.available || backendRows[backend.id].environment !== 'main') return false
  const state = described.find(({ name }) => name === 'main')?.state
  // Making it again also repairs it, so these two offer it whatever the problem is.
  if (backend.id === 'torch-eager' || backend.id === 'onnxruntime') return true
  return state === 'absent' || state === 'broken'
}
