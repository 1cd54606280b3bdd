// Before an engine's own environment is made: what it gets, which version where there is a choice, and its licence.
import { Modal } from '@mantine/core'
import { useState } from 'react'
import { type TensorrtChoice, tensorrtChoiceSchema } from '../../../shared/ipc/contract.ts'
import { Button } from '../../components/button.tsx'
import { ChoiceRow } from '../../components/choice-row.tsx'
import { Segments } from '../../components/segments.tsx'
import type { InstallChoice } from '../../state/python-environment.ts'
import type { EngineEnvironment } from './engine-environments.ts'

interface EngineModalProps {
  readonly environment: EngineEnvironment
  readonly repair: boolean
  /** Name of the licence that must be accepted first; null where none must. */
  readonly licence: string | null
  readonly onClose: () => void
  readonly onReadLicence: (choice: InstallChoice) => void
  readonly onInstall: (choice: InstallChoice) => void
}

const names: Readonly<Record<EngineEnvironment, string>> = {
  tensorrt: 'TensorRT',
  'tensorrt-rtx': 'TensorRT-RTX',
  openvino: 'OpenVINO',
}

const gets: Readonly<Record<EngineEnvironment, string>> = {
  tensorrt:
    "NVIDIA's TensorRT, one exact version at a time, beside PyTorch and apart from it. Building an engine and running it need an NVIDIA GPU.",
  'tensorrt-rtx': "NVIDIA's TensorRT-RTX through ONNX Runtime, for GeForce and RTX GPUs from the 30 series on.",
  openvino: 'OpenVINO and its quantizer, the fast engine for this processor. It needs no GPU.',
}

const versions = tensorrtChoiceSchema.shape.version.options
const cudas = tensorrtChoiceSchema.shape.cuda.options

export function EngineModal({ environment, repair, licence, onClose, onReadLicence, onInstall }: EngineModalProps) {
  const [tensorrt, setTensorrt] = useState<TensorrtChoice>({ version: '11.4.0.106', cuda: 'cu13' })
  const choice: InstallChoice = {
    environment,
    ...(environment === 'tensorrt' ? { tensorrt } : {}),
    torchSource: null,
    acceptedLicences: [],
    repair,
  }
  return (
    <Modal opened onClose={onClose} title={`${repair ? 'Repair' : 'Install'} ${names[environment]}`} size="lg">
      <p className="quiet">{gets[environment]}</p>
      <p className="quiet small panel-note">
        It gets a private environment in your data folder. Nothing else on this machine is changed.
      </p>
      {environment === 'tensorrt' && (
        <div className="engine-choices">
          <ChoiceRow title="Version" note="engines of one do not load in the other">
            <Segments
              label="TensorRT version"
              value={tensorrt.version}
              segments={[...versions]
                .reverse()
                .map((version) => ({ value: version, label: version.replace('.post1', '') }))}
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
