// The installer's own lines, newest last.
import { Modal } from '@mantine/core'
import { useInstallation } from '../../state/python-environment.ts'

export function LogModal({ onClose }: { readonly onClose: () => void }) {
  const { log } = useInstallation()
  return (
    <Modal opened onClose={onClose} title="Installation log" size="xl">
      {log.length === 0 ? (
        <p className="quiet">Nothing was installed since this window opened.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard
        <pre className="log-text mono" tabIndex={0}>
          {log.join('\n')}
        </pre>
      )}
    </Modal>
  )
}
