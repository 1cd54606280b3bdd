// Overlays come from the component kit; this makes them neutral, square and unmoving like the rest of the window.
import { createTheme, Drawer, Modal } from '@mantine/core'

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
