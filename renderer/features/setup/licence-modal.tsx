// A licence that the user must read and accept before its software is installed. The accepting control opens at the
// end of the text.
import { Modal } from '@mantine/core'
import { useState } from 'react'
import { type BackendId, backendLabels } from '../../../shared/domain/backend.ts'
import { Button } from '../../components/button.tsx'
import { RemedyStrip } from '../../components/remedy-strip.tsx'
import { errorRecord } from '../../format/error.ts'
import { useLicence } from '../../state/python-environment.ts'

interface LicenceModalProps {
  readonly backend: BackendId
  readonly onClose: () => void
  readonly onAccept: (spdx: string) => void
}

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
        {licence.data ? ` (${licence.data.spdx})` : ''}, into an environment of its own.
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
          I have read and accept this licence{readToEnd ? '' : ' (scroll to its end first)'}
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
