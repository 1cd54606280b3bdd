// Gives the page the backends' colours as custom properties `--b-<backend>`, from the palette that reports share.
import { backendIds } from '../../shared/domain/backend.ts'
import { backendColour } from '../../shared/report/palette.ts'

export function paintBackends(scheme: 'dark' | 'light'): void {
  for (const id of backendIds) {
    document.documentElement.style.setProperty(`--b-${id}`, backendColour(id, scheme))
  }
}
