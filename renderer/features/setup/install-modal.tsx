// Before anything is fetched: which torch, how large, from where; the source can be the user's own.
import { Modal } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { bytes } from '../../format/number.ts'
import { useTorchOffer } from '../../state/python-environment.ts'

interface InstallModalProps {
  readonly repair: boolean
  readonly onClose: () => void
  readonly onInstall: (torchSource: string | null) => void
}

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
          ? 'A new environment is built beside the old one and takes its place when it is complete.'
          : 'A private environment in your data folder gets PyTorch, ONNX and ONNX Runtime. Nothing else on this machine is changed.'}
      </p>
      <dl className="facts offer" aria-live="polite" aria-busy={offer.isFetching}>
        <dt>PyTorch</dt>
        <dd>{offer.data ? offer.data.version : offer.isFetching ? 'asking' : '–'}</dd>
        <dt>To fetch</dt>
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
          placeholder="index address or folder of wheels; empty follows pip's configuration"
        />
        <button type="submit" className="button" disabled={!pending}>
          Ask this source
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
  return sizeBytes === null ? 'size unknown: the source does not say' : bytes(sizeBytes)
}
