// Starts the window: policy nonce, fonts, styles, providers. Everything visible is in app.tsx.
import './validation.ts'
import '@fontsource-variable/inter/opsz.css'
import '@fontsource/jetbrains-mono/400.css'
import './look/reset.css'
import '@mantine/core/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import 'uplot/dist/uPlot.min.css'
import './look/base.css'
import './look/controls.css'
import './look/frame.css'
import './look/charts.css'
import './look/setup.css'
import './look/benchmark.css'
import './look/results.css'
import './look/decisions.css'
import './look/models.css'
import './look/conversions.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { readNonce, shareNonce } from './nonce.ts'
import { connectEvents, takeUp } from './state/events.ts'
import { queryClient } from './state/query-client.ts'
import { theme } from './theme.ts'

const nonce = readNonce()
shareNonce(nonce)
connectEvents()
void takeUp()

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root element.')
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary part="The window">
      <QueryClientProvider client={queryClient}>
        <MantineProvider theme={theme} defaultColorScheme="dark" getStyleNonce={() => nonce}>
          <App />
        </MantineProvider>
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
)
