// The limits and preferences typed on Decide. They stay while the window is open, whichever run is shown.
import { create } from 'zustand'
import { choiceOptions, type Demands, type LimitName, type Preference } from '../../shared/domain/decision.ts'

const initial: Demands = {
  limits: {},
  parity: choiceOptions.parity.schema.parse(undefined),
  withoutPython: false,
  prefer: choiceOptions.prefer.schema.parse(undefined),
}

export const useDemands = create<Demands>(() => initial)

export function changeDemands(changes: Partial<Demands>): void {
  useDemands.setState(changes)
}

/** @param value null takes the limit away. */
export function changeLimit(name: LimitName, value: number | null): void {
  const { [name]: _, ...others } = useDemands.getState().limits
  useDemands.setState({ limits: value === null ? others : { ...others, [name]: value } })
}

/** What comes first; the others keep their order and break ties. */
export function preferFirst(preference: Preference): void {
  const { prefer } = useDemands.getState()
  useDemands.setState({ prefer: [preference, ...prefer.filter((each) => each !== preference)] })
}

export function clearDemands(): void {
  useDemands.setState(initial)
}
