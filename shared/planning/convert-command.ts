// The command that makes what a plan lacks.
import type { Precision } from '../domain/precision.ts'
import type { ConversionTarget } from '../domain/recipe.ts'
import { shellWord } from './shell-word.ts'

export function convertCommand(model: string, to: ConversionTarget, precision: Precision): string {
  return `enginebench convert --model ${shellWord(model)} --to ${to} --precision ${precision}`
}
