// Adds a model from a source: a folder, the hub, a library's name, or the user's own Python. The source is inspected
// before it is added, and what will be run is shown; every part of it can be changed and inspected again.
import { Modal } from '@mantine/core'
import { useState } from 'react'
import {
  changeOptions,
  readModelReference,
  type SourceKind,
  sourceLabels,
} from '../../../shared/domain/model-source.ts'
import { choicesOf, type Option } from '../../../shared/domain/option.ts'
import { modelWords } from '../../../shared/report/model-words.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow, Segments } from '../../components/form-fields.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { FactList } from '../../components/tables.tsx'
import { errorRecord } from '../../format/error.ts'
import { type ChosenFile, chooseSourcePath, inspectSource, keepModel } from '../../state/models.ts'

interface SourceModalProps {
  readonly onAdded: (model: string) => void
  readonly onClose: () => void
}

const kinds = Object.keys(sourceLabels) as readonly SourceKind[]

const placeholders: Readonly<Record<'hub' | 'timm' | 'torchvision', string>> = {
  hub: 'owner/name@revision',
  timm: 'resnet18.a1_in1k',
  torchvision: 'resnet18',
}

interface Draft {
  readonly kind: SourceKind
  /** Path or name. */
  readonly place: string
  readonly factory: string
  readonly isTrusted: boolean
  /** Typed changes by flag; empty for what was found. */
  readonly changes: Readonly<Record<string, string>>
}

const emptyDraft: Draft = { kind: 'folder', place: '', factory: 'make', isTrusted: false, changes: {} }

type Inspection =
  | { readonly state: 'none' }
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'done'; readonly found: ChosenFile }

export function SourceModal({ onAdded, onClose }: SourceModalProps) {
  const [draft, setDraft] = useState(emptyDraft)
  const [inspection, setInspection] = useState<Inspection>({ state: 'none' })
  const change = (more: Partial<Draft>) => {
    setDraft({ ...draft, ...more })
    setInspection({ state: 'none' })
  }
  const text = referenceText(draft)
  const read = draft.place === '' ? null : readModelReference(text)
  const faults = read !== null && 'faults' in read ? read.faults : []
  const isReady = read !== null && faults.length === 0 && (draft.kind !== 'module' || draft.isTrusted)
  const inspect = () => {
    setInspection({ state: 'running' })
    inspectSource(text, draft.kind === 'module' && draft.isTrusted).then(
      (found) => setInspection({ state: 'done', found }),
      (error: unknown) => setInspection({ state: 'failed', error }),
    )
  }
  const isRunning = inspection.state === 'running'
  return (
    <Modal opened onClose={onClose} title="Add a model from a source" size={1080}>
      <form
        className="convert"
        aria-label="Model source"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !isRunning) inspect()
        }}
      >
        <div className="convert-choices">
          <PlaceChoice draft={draft} onChange={change} />
          <ChangesChoice draft={draft} onChange={change} />
        </div>
        <div className="convert-check">
          <section aria-label="What will be run" aria-busy={isRunning} aria-live="polite">
            <h2>{headings[inspection.state]}</h2>
            {inspection.state === 'none' && (
              <p className="small quiet">
                The source is read and its network is run once. Nothing is downloaded but its configuration.
              </p>
            )}
            {faults.map(({ message, remedy }) => (
              <div key={message} className="strip warn" role="status">
                <div>
                  {message} <span className="quiet">{remedy}</span>
                </div>
              </div>
            ))}
            {inspection.state === 'failed' && <RemedyStrip error={errorRecord(inspection.error)} />}
            {inspection.state === 'done' && <FoundWords found={inspection.found} />}
          </section>
          <div className="form-actions">
            <Button onClick={onClose}>Not now</Button>
            {inspection.state === 'done' ? (
              <Button
                kind="primary"
                onClick={() => {
                  keepModel(inspection.found)
                  onAdded(inspection.found.file)
                }}
              >
                Add model
              </Button>
            ) : (
              <Button kind="primary" onClick={inspect} disabled={!isReady || isRunning}>
                {isRunning ? 'Inspecting' : 'Inspect'}
              </Button>
            )}
          </div>
        </div>
      </form>
    </Modal>
  )
}

const headings: Readonly<Record<Inspection['state'], string>> = {
  none: 'Not inspected yet',
  running: 'Inspecting the source',
  failed: 'This source cannot be used',
  done: 'What will be run',
}

interface DraftProps {
  readonly draft: Draft
  readonly onChange: (more: Partial<Draft>) => void
}

function PlaceChoice({ draft, onChange }: DraftProps) {
  const [failure, setFailure] = useState<unknown>(null)
  const { kind, place } = draft
  const choose = (of: 'folder' | 'module') => {
    setFailure(null)
    chooseSourcePath(of).then((chosen) => chosen !== null && onChange({ place: chosen }), setFailure)
  }
  return (
    <>
      <ChoiceRow title="Source" note="pickles are never opened">
        <Segments
          label="Source"
          value={kind}
          segments={kinds.map((value) => ({ value, label: sourceLabels[value] }))}
          onChange={(value) => onChange({ kind: value, place: '' })}
        />
      </ChoiceRow>
      {kind === 'folder' && (
        <ChoiceRow title="Folder" note="config.json and safetensors">
          <Button onClick={() => choose('folder')}>Choose a folder</Button>
          {place !== '' && <span className="small">{place}</span>}
        </ChoiceRow>
      )}
      {(kind === 'hub' || kind === 'timm' || kind === 'torchvision') && (
        <ChoiceRow title="Name" forId="source-name">
          <input
            id="source-name"
            className="field wide"
            value={place}
            placeholder={placeholders[kind]}
            onChange={({ target }) => onChange({ place: target.value.trim() })}
          />
        </ChoiceRow>
      )}
      {kind === 'module' && <CodeChoice draft={draft} onChange={onChange} onChoose={() => choose('module')} />}
      {failure != null && <RemedyStrip error={errorRecord(failure)} />}
    </>
  )
}

/** It is code: nothing is run before the user has said so. */
function CodeChoice({ draft, onChange, onChoose }: DraftProps & { readonly onChoose: () => void }) {
  return (
    <>
      <ChoiceRow title="Python file" note="its function returns the module and an example input">
        <Button onClick={onChoose}>Choose a file</Button>
        {draft.place !== '' && <span className="small">{draft.place}</span>}
        <label className="small">
          <span className="faint">function</span>{' '}
          <input
            className="field"
            value={draft.factory}
            onChange={({ target }) => onChange({ factory: target.value.trim() })}
          />
        </label>
      </ChoiceRow>
      <ChoiceRow title="Consent" note="for these bytes; asked again if they change">
        <label className="small">
          <input
            type="checkbox"
            checked={draft.isTrusted}
            onChange={({ target }) => onChange({ isTrusted: target.checked })}
          />{' '}
          this file is code that runs on this machine with my rights, and I trust its maker
        </label>
      </ChoiceRow>
    </>
  )
}

function ChangesChoice({ draft, onChange }: DraftProps) {
  const set = (flag: string, value: string) => onChange({ changes: { ...draft.changes, [flag]: value } })
  return (
    <ChoiceRow title="Changes" note="empty: as the source says">
      {Object.values<Option>(changeOptions).map((option) => (
        <ChangeField
          key={option.flag}
          option={option}
          value={draft.changes[option.flag] ?? ''}
          onChange={(value) => set(option.flag, value)}
        />
      ))}
    </ChoiceRow>
  )
}

interface ChangeFieldProps {
  readonly option: Option
  readonly value: string
  readonly onChange: (value: string) => void
}

function ChangeField({ option, value, onChange }: ChangeFieldProps) {
  const choices = choicesOf(option)
  const id = `source-${option.flag}`
  return (
    <span className="small" title={option.description}>
      <label className="faint" htmlFor={id}>
        {option.label}
      </label>{' '}
      {choices === null ? (
        <input id={id} className="field" value={value} onChange={({ target }) => onChange(target.value.trim())} />
      ) : (
        <select id={id} className="field" value={value} onChange={({ target }) => onChange(target.value)}>
          <option value="">as found</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )}
    </span>
  )
}

function FoundWords({ found }: { readonly found: ChosenFile }) {
  return (
    <>
      <FactList facts={modelWords(found.manifest).map(({ title, text }) => [title, text])} />
      {found.manifest.assumptions?.map((assumption) => (
        <p key={assumption} className="small quiet">
          {assumption}
        </p>
      ))}
    </>
  )
}

/** What the command line would take. */
function referenceText({ kind, place, factory, changes }: Draft): string {
  const prefix = kind === 'hub' ? 'hf:' : kind === 'timm' || kind === 'torchvision' ? `${kind}:` : ''
  const base = `${prefix}${place}${kind === 'module' ? `:${factory}` : ''}`
  const typed = Object.entries(changes).filter(([, value]) => value !== '')
  const queries = typed.map(([flag, value]) => `${flag}=${encodeURIComponent(value)}`)
  return queries.length === 0 ? base : `${base}?${queries.join('&')}`
}
