// One file per noun; together they answer every request of the contract.
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'
import { appHandlers, settingsHandlers } from './application.ts'
import { artifactHandlers, conversionHandlers } from './conversions.ts'
import { imageHandlers, modelHandlers } from './models.ts'
import { noiseFloorHandlers } from './noise-floors.ts'
import { recipeHandlers } from './recipes.ts'
import { reportHandlers, runHandlers } from './runs.ts'
import { backendHandlers, pythonHandlers } from './setup.ts'
import { unreadableHandlers } from './unreadable.ts'

export function createHandlers(context: HandlerContext): Handlers {
  return {
    ...appHandlers(context),
    ...artifactHandlers(context),
    ...backendHandlers(context),
    ...conversionHandlers(context),
    ...imageHandlers(context),
    ...modelHandlers(context),
    ...noiseFloorHandlers(context),
    ...pythonHandlers(context),
    ...recipeHandlers(context),
    ...reportHandlers(context),
    ...runHandlers(context),
    ...settingsHandlers(context),
    ...unreadableHandlers(context),
  }
}
