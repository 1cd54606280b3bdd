// The track to come, before there is one: every step alike, so that no value is implied.
import { StepSign } from '../../components/step-sign.tsx'

const steps = ['PyTorch', 'ONNX', 'Precision', 'Engine', 'Proof', 'Parity']

export function EmptyTrack() {
  return (
    <div className="track-row to-come" aria-hidden="true">
      {steps.map((step, index) => (
        <span key={step} className="track-cell">
          <StepSign sign="waiting" />
          <span className="ghost" />
          {index < steps.length - 1 && <i className="link across" />}
        </span>
      ))}
    </div>
  )
}
