/** @returns what each gave, in order. A failure is told when all have come to their end: nothing runs on after it. */
export async function sideBySide(...works) {
  const ends = await Promise.allSettled(works.map((work) => work()))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return ends.map(({ value }) => value)
}
