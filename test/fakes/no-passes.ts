// The passes beside the rounds, for fakes of workers whose test asks for none of them.
import type { CaseWorker } from '../../electron/backends/backend-driver.ts'

const unasked = async (): Promise<never> => {
  throw new Error('This fake was asked for a pass that its test does not use.')
}

export const noPasses: Pick<CaseWorker, 'coldStart' | 'sustain' | 'serve' | 'splitTime' | 'profileLayers'> = {
  coldStart: unasked,
  sustain: unasked,
  serve: unasked,
  splitTime: unasked,
  profileLayers: unasked,
}
