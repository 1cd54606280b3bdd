// Overlays come from the component kit; this makes them neutral, square and unanimated like the rest of the window.
import { createTheme, Drawer, Modal } from '@mantine/core'
import { backendIds } from '../shared/domain/backend.ts'
import { backendColour } from '../shared/report/palette.ts'

export const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 4,
  primaryColor: 'gray',
  components: {
    Drawer: Drawer.extend({
      defaultProps: { padding: 20, transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.4 } },
    }),
    Modal: Modal.extend({
      defaultProps: {
        radius: 4,
        padding: 20,
        centered: true,
        transitionProps: { duration: 0 },
        overlayProps: { backgroundOpacity: 0.5 },
      },
    }),
  },
})

/**
 * Sets the backends' colours on the page as custom properties `--b-<backend>`, from the palette shared with reports.
 */
export function paintBackends(scheme: 'dark' | 'light'): void {
  for (const id of backendIds) {
    document.documentElement.style.setProperty(`--b-${id}`, backendColour(id, scheme))
  }
}
