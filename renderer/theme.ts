// Overlays come from the component kit; this makes them neutral, square and unmoving like the rest of the window.
import { createTheme, Modal } from '@mantine/core'

export const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 4,
  primaryColor: 'gray',
  components: {
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
