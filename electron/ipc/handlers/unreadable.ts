import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'

type UnreadableHandlers = Pick<Handlers, 'unreadable:list' | 'unreadable:remove' | 'removal:undo'>

/** What no list can show, and bringing back what was removed. */
export function unreadableHandlers({ services, undos }: HandlerContext): UnreadableHandlers {
  return {
    'unreadable:list': () => services.unreadable.list(),
    'unreadable:remove': async ({ path }) => undos.keep(await services.unreadable.remove(path)),
    'removal:undo': async (removal) => {
      await undos.undo(removal)
      return {}
    },
  }
}
