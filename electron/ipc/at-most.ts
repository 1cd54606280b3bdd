// Lets a number of pieces of work go on at a time; further ones wait in their order. For requests whose answers are
// large: however many a page sends, only so many are held in memory.
export function atMost(count: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let going = 0
  return async (work) => {
    if (going >= count) await new Promise<void>((resolve) => waiting.push(resolve))
    else going += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) going -= 1
      else next()
    }
  }
}
