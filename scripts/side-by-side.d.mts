export function sideBySide(...works: readonly (() => Promise<unknown>)[]): Promise<unknown[]>
