// The environments that engines have of their own: what each holds, and repairing one that broke.
import type { PythonEnvironment } from '../../../shared/ipc/contract.ts'
import { Button } from '../../components/button.tsx'
import type { EngineEnvironment } from './engine-environments.ts'
import { environmentWords } from './environment-words.ts'

interface EngineEnvironmentsProps {
  readonly environments: readonly PythonEnvironment[]
  readonly busy: boolean
  readonly onRepair: (environment: EngineEnvironment) => void
}

const titles: Readonly<Record<PythonEnvironment['name'], string>> = {
  main: 'PyTorch and ONNX Runtime',
  yolo: 'Ultralytics',
  tensorrt: 'TensorRT',
  'tensorrt-rtx': 'TensorRT-RTX',
  openvino: 'OpenVINO',
}

export function EngineEnvironments({ environments, busy, onRepair }: EngineEnvironmentsProps) {
  if (environments.length === 0) return null
  return (
    <ul className="engine-environments small" aria-label="Environments of engines">
      {environments.map((environment) => {
        const { name, error, adopted } = environment
        return (
          <li key={name}>
            <b>{titles[name]}</b>
            <span className={error ? 'fail' : 'quiet'}>
              in an environment of its own, {environmentWords(environment)}
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
