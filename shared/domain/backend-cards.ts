// Which of a machine's cards a backend can run on. A backend is available if any card can: which one, and why another
// cannot, is told here.
import type { BackendStatus } from './backend.ts'
import { deviceOfCard } from './device.ts'
import type { Gpu } from './fingerprint.ts'

type Cards = Pick<BackendStatus, 'cards'>

/** Why a backend says that it cannot run on a card; null if it can, or says nothing about it. */
export function refusalOnCard({ cards = [] }: Cards, { uuid }: Pick<Gpu, 'uuid'>): string | null {
  return cards.find((card) => card.uuid !== null && card.uuid === uuid)?.refusal ?? null
}

/** `cuda:1 (NVIDIA GeForce RTX 4090)`, for each card that a backend says it can run on. */
export function cardsThatRun({ cards = [] }: Cards): readonly string[] {
  return cards.flatMap(({ name, refusal }, index) => (refusal === null ? [`${deviceOfCard(index)} (${name})`] : []))
}

/** What to choose instead of a card that cannot; `otherwise` if no card can. */
export function otherCardRemedy(cards: Cards, otherwise: string): string {
  const able = cardsThatRun(cards)
  return able.length === 0 ? otherwise : `Choose ${able.join(' or ')}.`
}

/** Of a backend that only some cards can run: which, and why not the others. Null for any other backend. */
export function someCardsOnly(status: Cards): string | null {
  const able = cardsThatRun(status)
  const refusals = (status.cards ?? []).flatMap(({ refusal }) => refusal ?? [])
  if (able.length === 0 || refusals.length === 0) return null
  return `Of the GPUs, it runs only on ${able.join(' and ')}. ${[...new Set(refusals)].join(' ')}`
}
