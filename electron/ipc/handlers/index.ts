// One file a noun; together they answer every request of the contract.
import type { HandlerContext } from '../handler-context.ts'
import type { Handlers } from '../router.ts'
import { appHandlers } from './app.ts'
import { artifactHandlers } from './artifacts.ts'
import { backendHandlers } from './backends.ts'
import { conversionHandlers } from './conversions.ts'
import { imageHandlers } from './images.ts'
import { modelHandlers } from './models.ts'
import { noiseFloorHandlers } from './noise-floors.ts'
import { pythonHandlers } from './python.ts'
import { recipeHandlers } from './recipes.ts'
import { reportHandlers } from './reports.ts'
import { runHandlers } from './runs.ts'
import { settingsHandlers } from './settings.ts'

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
  }
}
